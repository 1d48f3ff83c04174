import {
  formatApiVersion,
  formatKey,
  keyOf,
  OwnerLabel,
  type GroupVersionKind,
  type KubernetesObject,
  type ObjectKey,
} from "@sluice/api";
import {
  formatObjectId,
  Informer,
  liveFingerprint,
  type Client,
  type Clock,
  type Fingerprints,
  type Logger,
  type Timer,
} from "@sluice/kube";

export interface DriftWatcherOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when an object is no longer as its Kustomization left it. */
  readonly onDrift: (owner: ObjectKey) => void;
}

/** What is kept of an applied object: whose it is, and a fingerprint in place of its metadata. */
interface Trace extends KubernetesObject {
  readonly fingerprint: string;
}

/** A Kustomization whose objects are watched. */
interface Owner {
  readonly key: ObjectKey;
  readonly fingerprints: Fingerprints;
  readonly kinds: ReadonlySet<string>;
  /** Objects that were seen to change, by id. */
  readonly suspects: Map<string, Suspect>;
  /** Attempts under way: what changes meanwhile is most likely their own doing. */
  busy: number;
  timer: Timer | undefined;
  /** Objects that had drifted before, by id. */
  readonly offences: Map<string, Offence>;
}

/** An object to be looked at, and the kind it is watched under. */
interface Suspect {
  readonly kind: string;
  readonly key: ObjectKey;
  readonly dueAtMs: number;
}

/** How often an object has drifted in a row, and when it last did. */
interface Offence {
  readonly count: number;
  readonly lastAtMs: number;
}

/** The watch of one kind, for all Kustomizations. */
interface KindWatch {
  readonly informer: Informer<Trace>;
  readonly stop: AbortController;
}

/** Changes come in bursts, and a writer may not have heard yet that its write was done. */
const SETTLE_MS = 100;
/**
 * Where somebody else writes the same object over and over (an autoscaler whose field is in Git as well), we answer at
 * once this often, and then less and less.
 */
const PATIENT_COUNT = 10;
const LONGEST_DELAY_MS = 5 * 60_000;
/** After this long without drift an object is as good as new. */
const FORGIVEN_MS = 10 * 60_000;
const OWNER_KEYS: ReadonlySet<string> = new Set(Object.values(OwnerLabel));
/** Selects what any Kustomization has applied. */
const OWNED = [...OWNER_KEYS].join(",");

/**
 * Notices when somebody else changes or deletes what a Kustomization has applied, by one metadata-only watch per kind.
 * Of each object only a fingerprint is kept. Whether a change matters is not decided here: the reconciler compares the
 * object with Git, and only the objects that have changed.
 */
export class DriftWatcher {
  readonly #options: DriftWatcherOptions;
  readonly #owners = new Map<string, Owner>();
  readonly #kinds = new Map<string, KindWatch>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;

  constructor(options: DriftWatcherOptions) {
    this.#options = options;
  }

  /** Keeps the watches going until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const watch of this.#kinds.values()) this.#start(watch, signal);
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    }
    for (const owner of this.#owners.values()) owner.timer?.cancel();
    this.#owners.clear();
    await Promise.all(this.#running);
  }

  /**
   * From now on the objects in `fingerprints`, which are of these kinds, are watched for `key`. To be called during an
   * attempt, between {@link pause} and {@link resume}.
   */
  follow(
    key: ObjectKey,
    applied: { readonly kinds: readonly GroupVersionKind[]; readonly fingerprints: Fingerprints },
  ): void {
    const id = formatKey(key);
    const before = this.#owners.get(id);
    const kinds = new Set(applied.kinds.map(formatKind));
    this.#owners.set(id, {
      key,
      kinds,
      fingerprints: applied.fingerprints,
      suspects: before?.suspects ?? new Map<string, Suspect>(),
      busy: before?.busy ?? 1,
      timer: before?.timer,
      offences: before?.offences ?? new Map<string, Offence>(),
    });
    for (const gvk of applied.kinds) this.#watchKind(gvk);
    this.#dropUnused();
  }

  /** An attempt begins: its own writes are no drift. */
  pause(key: ObjectKey): void {
    const owner = this.#owners.get(formatKey(key));
    if (owner !== undefined) owner.busy += 1;
  }

  /** The attempt is over. */
  resume(key: ObjectKey): void {
    const owner = this.#owners.get(formatKey(key));
    if (owner === undefined) return;
    owner.busy = Math.max(0, owner.busy - 1);
    if (owner.suspects.size > 0) this.#lookSoon(owner);
  }

  /** Nothing is watched for `key` any more. */
  forget(key: ObjectKey): void {
    const owner = this.#owners.get(formatKey(key));
    if (owner === undefined) return;
    owner.timer?.cancel();
    this.#owners.delete(formatKey(key));
    this.#dropUnused();
  }

  #watchKind(gvk: GroupVersionKind): void {
    const kind = formatKind(gvk);
    if (this.#kinds.has(kind)) return;
    const { client, clock, logger } = this.#options;
    const informer = new Informer<Trace>(client, gvk, {
      metadataOnly: true,
      labelSelector: OWNED,
      transform: toTrace,
      clock,
      logger,
    });
    const suspect = (before: Trace, after: Trace | undefined): void => this.#suspect(kind, informer.gvk, before, after);
    informer.addEventHandler({
      onAdd: (object) => suspect(object, object),
      onUpdate: (before, after) => {
        if (before.fingerprint !== after.fingerprint) suspect(before, after);
      },
      onDelete: (object) => suspect(object, undefined),
    });
    const watch: KindWatch = { informer, stop: new AbortController() };
    this.#kinds.set(kind, watch);
    if (this.#signal !== undefined) this.#start(watch, this.#signal);
  }

  #start({ informer, stop }: KindWatch, signal: AbortSignal): void {
    const running = informer.run(AbortSignal.any([signal, stop.signal])).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #dropUnused(): void {
    for (const [kind, watch] of this.#kinds) {
      if ([...this.#owners.values()].some((owner) => owner.kinds.has(kind))) continue;
      watch.stop.abort(new Error("nobody applies objects of this kind any more"));
      this.#kinds.delete(kind);
    }
  }

  #suspect(kind: string, gvk: GroupVersionKind, before: Trace, after: Trace | undefined): void {
    const owner = this.#ownerOf(before);
    // An object that carries another owner's labels was handed over; taking it back at once would start a fight.
    if (owner === undefined || (after !== undefined && this.#ownerOf(after) !== owner)) return;
    const id = formatObjectId({ gvk, key: keyOf(before) });
    const known = owner.fingerprints.liveOf(id);
    if (known === undefined || known === after?.fingerprint) return;
    const nowMs = this.#options.clock.now();
    const dueAtMs = nowMs + delayFor(owner.offences.get(id), nowMs);
    owner.suspects.set(id, { kind, key: keyOf(before), dueAtMs });
    this.#lookSoon(owner);
  }

  #ownerOf({ metadata: { labels = {} } }: Trace): Owner | undefined {
    const [name, namespace] = [labels[OwnerLabel.Name], labels[OwnerLabel.Namespace]];
    return name === undefined || namespace === undefined ? undefined : this.#owners.get(formatKey({ namespace, name }));
  }

  /** Looks at the suspects of an owner when the first of them is due. */
  #lookSoon(owner: Owner): void {
    owner.timer?.cancel();
    owner.timer = undefined;
    if (owner.busy > 0 || owner.suspects.size === 0) return;
    const dueAtMs = Math.min(...[...owner.suspects.values()].map((suspect) => suspect.dueAtMs));
    const { clock } = this.#options;
    const id = formatKey(owner.key);
    owner.timer = clock.setTimeout(
      () => {
        const present = this.#owners.get(id);
        if (present !== undefined) this.#look(present);
      },
      Math.max(dueAtMs - clock.now(), SETTLE_MS),
    );
  }

  /** Wakes the owner if any suspect that is due is really not as it was left. */
  #look(owner: Owner): void {
    owner.timer = undefined;
    if (owner.busy > 0) return;
    const nowMs = this.#options.clock.now();
    let hasDrifted = false;
    for (const [id, suspect] of owner.suspects) {
      if (suspect.dueAtMs > nowMs) continue;
      owner.suspects.delete(id);
      const known = owner.fingerprints.liveOf(id);
      if (known === undefined || known === this.#fingerprintOf(suspect)) continue;
      hasDrifted = true;
      const before = owner.offences.get(id);
      const isRepeated = before !== undefined && !isForgiven(before, nowMs);
      owner.offences.set(id, { count: isRepeated ? before.count + 1 : 1, lastAtMs: nowMs });
    }
    for (const [id, offence] of owner.offences) if (isForgiven(offence, nowMs)) owner.offences.delete(id);
    this.#lookSoon(owner);
    if (hasDrifted) this.#options.onDrift(owner.key);
  }

  #fingerprintOf({ kind, key }: Suspect): string | undefined {
    return this.#kinds.get(kind)?.informer.lister.find(key)?.fingerprint;
  }
}

function isForgiven({ lastAtMs }: Offence, nowMs: number): boolean {
  return nowMs - lastAtMs >= FORGIVEN_MS;
}

function delayFor(offence: Offence | undefined, nowMs: number): number {
  if (offence === undefined || offence.count < PATIENT_COUNT || isForgiven(offence, nowMs)) return SETTLE_MS;
  return Math.min(SETTLE_MS * 3 ** (offence.count - PATIENT_COUNT + 1), LONGEST_DELAY_MS);
}

function formatKind(gvk: GroupVersionKind): string {
  return `${formatApiVersion(gvk)} ${gvk.kind}`;
}

function toTrace({ apiVersion, kind, metadata }: KubernetesObject): Trace {
  const { name, namespace, uid, resourceVersion, labels = {} } = metadata;
  const owner = Object.fromEntries(Object.entries(labels).filter(([key]) => OWNER_KEYS.has(key)));
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      labels: owner,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    fingerprint: liveFingerprint(metadata),
  };
}
