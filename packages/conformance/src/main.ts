/**
 * `npm run conformance [-- SUITE… [--filter REGEXP] [--verbose] [--record | --recorded]]`: compares Sluice with the real tools. Each suite ends
 * with a line `SUITE: N passed, N failed, N known differences`. A suite whose oracle cannot be had is skipped by name.
 * `--record` keeps what real servers answer, `--recorded` compares with what was kept.
 */
import { messageOf } from "@sluice/errors";
import { readKnownDifferences, type KnownDifferences } from "./known-differences.ts";
import { ensureOracle, OracleError, type OracleName } from "./oracle.ts";
import type { Suite, SuiteContext } from "./suite.ts";
import { suites } from "./suites/index.ts";

interface Invocation {
  readonly names: readonly string[];
  readonly filter: RegExp | undefined;
  readonly verbose: boolean;
  readonly mode: SuiteContext["mode"];
}

function parseInvocation(args: readonly string[]): Invocation {
  const names: string[] = [];
  let filter: RegExp | undefined;
  let verbose = false;
  let mode: Invocation["mode"] = "live";
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? "";
    if (argument === "--filter") filter = new RegExp(args[++index] ?? "");
    else if (argument === "--verbose") verbose = true;
    else if (argument === "--record") mode = "record";
    else if (argument === "--recorded") mode = "recorded";
    else names.push(argument);
  }
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0)
    throw new RangeError(`no suite ${unknown.join(", ")}; there are ${suites.map((suite) => suite.name).join(", ")}`);
  return { names, filter, verbose, mode };
}

/** As {@link ensureOracle}, `undefined` where there is no way to build it. */
async function findOracle(name: OracleName): Promise<string | undefined> {
  try {
    return await ensureOracle(name, (line) => console.error(line));
  } catch (error) {
    if (error instanceof OracleError && error.code === "GoMissing") return undefined;
    throw error;
  }
}

/** Runs one suite and prints its line. Returns whether nothing unexpected differs. */
async function runSuite(suite: Suite, known: KnownDifferences, invocation: Invocation): Promise<boolean> {
  const { filter, verbose, mode } = invocation;
  const reason = suite.unavailable?.();
  if (reason !== undefined) {
    console.log(`${suite.name}: skipped: ${reason}`);
    return true;
  }
  const binaries = new Map<OracleName, string>();
  try {
    for (const name of suite.needs) binaries.set(name, await ensureOracle(name, (line) => console.error(line)));
  } catch (error) {
    if (!(error instanceof OracleError) || error.code !== "GoMissing") throw error;
    console.log(`${suite.name}: skipped: ${error.message}`);
    return true;
  }
  for (const name of mode === "recorded" ? [] : (suite.prefers ?? [])) {
    const path = await findOracle(name);
    if (path !== undefined) binaries.set(name, path);
  }
  const controller = new AbortController();
  const counts = { passed: 0, failed: 0, known: 0, healed: 0 };
  const context = {
    binary: (name: OracleName): string => binaries.get(name) ?? "",
    mode,
    filter,
    signal: controller.signal,
  };
  for await (const result of suite.run(context)) {
    const difference = known.get(`${suite.name}/${result.name}`);
    if (result.passed) {
      counts.passed++;
      if (difference !== undefined) {
        counts.healed++;
        console.log(`${suite.name}/${result.name}: no longer differs: remove it from known-differences.txt`);
      }
    } else {
      const isKnown = difference !== undefined;
      counts[isKnown ? "known" : "failed"]++;
      if (isKnown && !verbose) continue;
      const detail = verbose && result.detail !== undefined ? `\n${result.detail}` : "";
      console.log(`${isKnown ? "~" : "✗"} ${suite.name}/${result.name}${detail}`);
    }
  }
  console.log(`${suite.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.known} known differences`);
  return counts.failed === 0 && counts.healed === 0;
}

async function main(args: readonly string[]): Promise<number> {
  const invocation = parseInvocation(args);
  const known = readKnownDifferences();
  const chosen = suites.filter((suite) => invocation.names.length === 0 || invocation.names.includes(suite.name));
  let ok = true;
  for (const suite of chosen) ok = (await runSuite(suite, known, invocation)) && ok;
  return ok ? 0 : 1;
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 2;
  }
}
