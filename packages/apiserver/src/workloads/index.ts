export type { ChangeType, Cluster } from "./cluster.ts";
export { logsOf } from "./logs.ts";
export { simulateAnnotation, startAnnotation } from "./outcome.ts";
export { Simulator, type SimulatorOptions } from "./simulator.ts";
export type { PodTimings } from "./stages.ts";
