/**
 * The architecture's invariants that are about words in files: each row names a pattern that must not occur in a set
 * of files, and why. A rule that cannot be checked here does not belong in ARCHITECTURE.md.
 */
import { globSync, readFileSync } from "node:fs";

interface Invariant {
  readonly files: string;
  readonly except?: RegExp;
  readonly forbidden: RegExp;
  readonly because: string;
}

const invariants: readonly Invariant[] = [
  {
    files: "packages/{kube,apiserver}/src/**/*.ts",
    except: /\.test\.ts$/,
    forbidden: /toolkit\.fluxcd\.io/,
    because: "kube and apiserver know no Flux kinds",
  },
  {
    files: "packages/controllers/src/**/*.ts",
    except: /^packages\/controllers\/src\/runtime\/|\.test\.ts$/,
    forbidden: /\b(?:setCondition|removeConditions)\b/,
    because: "conditions are written by controllers/runtime only; steps throw typed failures",
  },
  {
    files: "packages/*/src/**/*.ts",
    forbidden: /\bshell:\s*true\b|\bexecSync\(|[^.\w]exec\(\s*["'`]/,
    because: "nothing reaches a shell; start programs with an argument vector",
  },
  {
    files: "packages/*/src/**/*.ts",
    except: /\.test\.ts$/,
    forbidden: /@ts-ignore|@ts-nocheck/,
    because: "a type error is fixed, not silenced",
  },
];

/** Returns one line per breach. */
export function checkInvariants(): string[] {
  const findings: string[] = [];
  for (const { files, except, forbidden, because } of invariants) {
    for (const file of globSync(files).sort()) {
      if (except?.test(file) === true) continue;
      readFileSync(file, "utf8")
        .split("\n")
        .forEach((line, index) => {
          if (forbidden.test(line)) findings.push(`${file}:${index + 1}: ${because}: ${line.trim().slice(0, 80)}`);
        });
    }
  }
  return findings;
}

if (import.meta.main) {
  const findings = checkInvariants();
  for (const finding of findings) console.error(finding);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
