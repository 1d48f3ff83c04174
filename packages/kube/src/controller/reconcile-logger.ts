import { AsyncLocalStorage } from "node:async_hooks";
import { silentLogger, type Logger } from "../logger.ts";

const storage = new AsyncLocalStorage<Logger>();

/** Runs something with this logger as the one that {@link reconcileLogger} returns, however deep below. */
export function withReconcileLogger<T>(logger: Logger, run: () => T): T {
  return storage.run(logger, run);
}

/**
 * The logger of the reconciliation under way: it carries controller, kind, name, namespace and reconcileID, by which
 * `flux logs` finds its lines. Outside of a reconciliation, `fallback`.
 */
export function reconcileLogger(fallback: Logger = silentLogger): Logger {
  return storage.getStore() ?? fallback;
}
