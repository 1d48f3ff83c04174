import { parseScenarioFile, type ScenarioFile } from "./scenario.ts";

/** Numbers that look random and are the same for the same seed. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to below `limit`: Mulberry32. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** Whether something that happens `percent` times in a hundred happens now. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** A kind of object that generated managers fight over. */
interface Subject {
  readonly target: string;
  /** A part of the object as some manager may want it. */
  intent(dice: Dice): { [key: string]: Value };
}

const managers = ["ann", "ben", "cho", "kubectl"] as const;
const texts = ["1", "2", "3"] as const;

function some(dice: Dice, keys: readonly string[], make: () => Value): { [key: string]: Value } {
  return Object.fromEntries(keys.filter(() => dice.chance(50)).map((key) => [key, make()]));
}

/** Members that are wanted now; the others are left out, which for an apply means: no longer wanted. */
function members(dice: Dice, makers: { [key: string]: () => Value }): { [key: string]: Value } {
  return Object.fromEntries(Object.entries(makers).flatMap(([key, make]) => (dice.chance(55) ? [[key, make()]] : [])));
}

function metadata(dice: Dice): { [key: string]: Value } {
  return members(dice, {
    labels: () => some(dice, ["a", "b", "c"], () => dice.of(texts)),
    annotations: () => some(dice, ["d", "e"], () => dice.of(texts)),
    finalizers: () => ["example.com/f", "example.com/g", "example.com/h"].filter(() => dice.chance(40)),
  });
}

const configMap: Subject = {
  target: "configmaps/generated",
  intent: (dice) => ({
    metadata: metadata(dice),
    ...members(dice, {
      data: () => some(dice, ["k", "l", "m"], () => dice.of(texts)),
      binaryData: () => some(dice, ["o", "p"], () => dice.of(["eA==", "eQ=="])),
    }),
  }),
};

const service: Subject = {
  target: "services/generated",
  intent: (dice) => ({
    metadata: metadata(dice),
    spec: members(dice, {
      selector: () => some(dice, ["s", "t"], () => dice.of(texts)),
      ports: () =>
        [80, 81, 82]
          .filter(() => dice.chance(60))
          .map((port) => ({
            port,
            name: `p${port}`,
            ...members(dice, {
              targetPort: () => dice.of<Value>([8080, 8081, "web"]),
              protocol: () => dice.of(["TCP", "UDP"]),
            }),
          })),
      sessionAffinity: () => dice.of(["None", "ClientIP"]),
      publishNotReadyAddresses: () => dice.chance(50),
    }),
  }),
};

function container(dice: Dice, name: string): { [key: string]: Value } {
  return {
    name,
    image: `${name}:${dice.of(texts)}`,
    ...members(dice, {
      args: () => ["--one", "--two"].filter(() => dice.chance(60)),
      env: () => ["A", "B", "C"].filter(() => dice.chance(50)).map((env) => ({ name: env, value: dice.of(texts) })),
      ports: () =>
        [80, 81]
          .filter(() => dice.chance(60))
          .map((port) => ({ containerPort: port, ...members(dice, { name: () => `p${port}` }) })),
      resources: () => ({ limits: some(dice, ["cpu", "memory"], () => dice.of(["1", "2"])) }),
    }),
  };
}

const deployment: Subject = {
  target: "deployments/generated",
  intent: (dice) => ({
    metadata: metadata(dice),
    spec: {
      selector: { matchLabels: { app: "x" } },
      template: {
        metadata: { labels: { app: "x", ...some(dice, ["v", "w"], () => dice.of(texts)) } },
        spec: {
          containers: ["one", "two", "three"]
            .filter((_, index) => index === 0 || dice.chance(40))
            .map((name) => container(dice, name)),
          ...members(dice, {
            volumes: () => ["v", "w"].filter(() => dice.chance(60)).map((name) => ({ name, emptyDir: {} })),
            nodeSelector: () => some(dice, ["n", "o"], () => dice.of(texts)),
            tolerations: () => [{ key: dice.of(texts), operator: "Exists" }],
          }),
        },
      },
      ...members(dice, {
        replicas: () => dice.below(4),
        paused: () => dice.chance(50),
        strategy: () => (dice.chance(50) ? { type: "Recreate" } : { rollingUpdate: { maxSurge: dice.below(3) + 1 } }),
      }),
    },
  }),
};

const widget: Subject = {
  target: "widgets/generated",
  intent: (dice) => ({
    metadata: metadata(dice),
    spec: members(dice, {
      text: () => dice.of(texts),
      set: () => ["q", "r", "s"].filter(() => dice.chance(50)),
      map: () => some(dice, ["i", "j"], () => dice.of(texts)),
      atomicMap: () => some(dice, ["i", "j"], () => dice.of(texts)),
      list: () =>
        [1, 2, 3]
          .filter(() => dice.chance(50))
          .map((port) => ({
            port,
            ...members(dice, { protocol: () => dice.of(["TCP", "UDP"]), text: () => dice.of(texts) }),
          })),
      atomicList: () => [1, 2].filter(() => dice.chance(50)),
      free: () => ({ x: dice.of<Value>([1, "text", { z: 1 }]) }),
      nested: () => ({ deep: some(dice, ["e", "f"], () => dice.of(texts)) }),
    }),
  }),
};

const widgetDefinition = `define
  spec:
    group: "{file}.example.com"
    scope: Namespaced
    names: {plural: widgets, kind: Widget}
    versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                text: {type: string}
                set: {type: array, items: {type: string}, x-kubernetes-list-type: set}
                map: {type: object, additionalProperties: {type: string}}
                atomicMap: {type: object, additionalProperties: {type: string}, x-kubernetes-map-type: atomic}
                list: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [port, protocol], items: {type: object, required: [port], properties: {port: {type: integer}, protocol: {type: string, default: TCP}, text: {type: string}}}}
                atomicList: {type: array, items: {type: integer}}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                nested: {type: object, properties: {deep: {type: object, additionalProperties: {type: string}}}}
`;

function step(dice: Dice, subject: Subject): string {
  const { target } = subject;
  const body = JSON.stringify(subject.intent(dice));
  const manager = dice.of(managers);
  const roll = dice.below(100);
  if (roll < 50) return `apply ${manager} ${target} | ${body}`;
  if (roll < 70) return `apply ${manager} ${target} force | ${body}`;
  if (roll < 84) return `merge ${target} by=${manager} | ${body}`;
  if (roll < 92) return `update ${target} by=${manager} | ${body}`;
  if (roll < 96 && !target.startsWith("widgets")) return `strategic ${target} by=${manager} | ${body}`;
  return `apply ${manager} ${target} | {}`;
}

const stepsPerScenario = 8;

function scenarioText(seed: number, subject: Subject): string {
  const dice = new Dice(seed);
  return Array.from({ length: stepsPerScenario }, () => `${step(dice, subject)}\n`).join("");
}

function file(name: string, subject: Subject, seeds: number, setup = ""): ScenarioFile {
  const scenarios = Array.from({ length: seeds }, (_, seed) => `-- seed-${seed} --\n${scenarioText(seed, subject)}`);
  const head = setup === "" ? "" : `-- setup --\n${setup}`;
  return parseScenarioFile(`generated/${name}`, head + scenarios.join(""));
}

/** Sequences of writes by several managers, made up from seeds: the same ones every time. */
export function generatedScenarioFiles(seeds: number): ScenarioFile[] {
  return [
    file("config-maps", configMap, seeds),
    file("services", service, seeds),
    file("deployments", deployment, seeds),
    file("custom", widget, seeds, widgetDefinition),
  ];
}
