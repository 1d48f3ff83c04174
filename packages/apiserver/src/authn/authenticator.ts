import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { Clock } from "../clock.ts";
import { unauthorized } from "../errors/status-errors.ts";
import type { ServiceAccountTokens } from "./service-account-tokens.ts";
import { allAuthenticated, anonymous, type User } from "./user.ts";

/** Finds out who makes a request: by client certificate or by bearer token; anonymous are those who show neither. */
export class Authenticator {
  readonly #tokens: ServiceAccountTokens;
  readonly #clock: Clock;
  readonly #certificateUsers = new WeakMap<TLSSocket, User>();

  constructor(tokens: ServiceAccountTokens, clock: Clock) {
    this.#tokens = tokens;
    this.#clock = clock;
  }

  /** Throws a 401 when the request's credentials are not valid. */
  authenticate(request: IncomingMessage): User {
    const bearer = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? "")?.[1];
    // A client certificate wins over a token, as in the real server's order of authenticators.
    const user =
      this.#certificateUser(request) ??
      (bearer === undefined ? undefined : this.#tokens.authenticate(bearer, this.#clock.now())?.user);
    if (user !== undefined) return user;
    if (bearer !== undefined) throw unauthorized();
    return anonymous;
  }

  #certificateUser({ socket }: IncomingMessage): User | undefined {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
    const known = this.#certificateUsers.get(socket);
    if (known !== undefined) return known;
    // TypeScript knows one value per attribute; Node gives a list for repeated ones.
    const { CN, O } = (socket.getPeerCertificate().subject ?? {}) as { CN?: string | string[]; O?: string | string[] };
    const name = Array.isArray(CN) ? CN[0] : CN;
    if (name === undefined || name === "") return undefined;
    const organizations = O === undefined ? [] : [O].flat();
    const user: User = { name, groups: [...organizations, allAuthenticated] };
    this.#certificateUsers.set(socket, user);
    return user;
  }
}
