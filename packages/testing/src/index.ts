/**
 * What tests of several packages share. Development only: no product code imports it.
 * @packageDocumentation
 */
export { TestAuthority, type TestCertificateOptions, type TestIdentity } from "./certificates.ts";
export { FakeClock } from "./fake-clock.ts";
export { assertGolden, assertTxtarGolden, isUpdatingGoldens, loadTxtarCases, type TxtarCase } from "./golden.ts";
export { formatTxtar, parseTxtar, type Txtar } from "./txtar.ts";
export { type FixtureCommitOptions, type FixtureEntry, GitFixture } from "./git-fixture.ts";
export { generateSshKey, type SshServer, sshUnavailable, startSshServer } from "./ssh-server.ts";
export { temporaryDirectory } from "./temporary-directory.ts";
