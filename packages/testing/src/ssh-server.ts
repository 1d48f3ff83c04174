import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";

/** A real `sshd` on a port of the loopback interface, for the user that runs the tests. */
export interface SshServer {
  readonly port: number;
  /** Who to log in as. */
  readonly user: string;
  /** What belongs into `known_hosts`. */
  readonly knownHosts: string;
  readonly close: () => Promise<void>;
}

/** Why SSH cannot be tested here; `undefined` when it can. */
export function sshUnavailable(): string | undefined {
  if (findSshd() === undefined) return "sshd is not installed";
  try {
    execFileSync("ssh", ["-V"], { stdio: "ignore" });
  } catch {
    return "ssh is not installed";
  }
  if (userInfo().uid === 0 && !existsSync("/run/sshd")) return "sshd has no privilege separation directory";
  return undefined;
}

function findSshd(): string | undefined {
  return ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd"].find((path) => existsSync(path));
}

/** Makes a key pair; the private key is in OpenSSH's format, encrypted when there is a passphrase. */
export function generateSshKey(
  directory: string,
  name: string,
  passphrase = "",
): { identity: string; publicKey: string } {
  const path = join(directory, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-a", "1", "-N", passphrase, "-C", name, "-f", path]);
  return { identity: readFileSync(path, "utf8"), publicKey: readFileSync(`${path}.pub`, "utf8").trim() };
}

/** Serves the machine's repositories over SSH to the owners of some keys. */
export async function startSshServer(directory: string, authorizedKeys: readonly string[]): Promise<SshServer> {
  const sshd = findSshd();
  if (sshd === undefined) throw new Error("sshd is not installed");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const hostKey = generateSshKey(directory, "host_key");
  const at = (name: string): string => join(directory, name);
  writeFileSync(at("authorized_keys"), `${authorizedKeys.join("\n")}\n`, { mode: 0o600 });
  const config = [
    `HostKey ${at("host_key")}`,
    `AuthorizedKeysFile ${at("authorized_keys")}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    "PidFile none",
    "LogLevel QUIET",
  ];
  writeFileSync(at("sshd_config"), `${config.join("\n")}\n`);
  const children = new Set<ChildProcess>();
  const sockets = new Set<Socket>();
  // One sshd per connection, as inetd does it: so the port can be chosen by the operating system.
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    const child = spawn(sshd, ["-i", "-e", "-f", at("sshd_config")], { stdio: [socket, socket, "ignore"] });
    children.add(child);
    child.on("exit", () => {
      children.delete(child);
      sockets.delete(socket);
      socket.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    user: userInfo().username,
    knownHosts: `[127.0.0.1]:${port} ${hostKey.publicKey}\n`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const child of children) child.kill("SIGKILL");
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
