import { type Command, defineCommand } from "../../program/command.ts";
import { sopsFlags } from "./sops-flags.ts";

/** What `sops` does, without it: its verbs, and its older flags for the same. */
export const sops: Command = defineCommand({
  name: "sops",
  usage: "[encrypt|decrypt|edit|set|unset|rotate|updatekeys|filestatus] FILE",
  summary: "Encrypt and decrypt files as SOPS does",
  description: `Encrypts the values of YAML, JSON, dotenv and INI files, and whole files of any other kind, in the format of SOPS.
Keys come from flags, or from the creation rules of .sops.yaml; identities from SOPS_AGE_KEY, SOPS_AGE_KEY_FILE,
the folder sops/age of the user's configuration, and SSH keys. "-" stands for standard input.`,
  example: `  # Encrypt a Secret's values for a cluster
  $0 sops --encrypt --age age1... --encrypted-regex '^(data|stringData)$' -i secret.yaml

  # See it again
  SOPS_AGE_KEY_FILE=age.agekey $0 sops -d secret.yaml

  # Change one value
  $0 sops set secret.yaml '["stringData"]["password"]' '"n3w"'

  # Bring a file's keys in line with .sops.yaml
  $0 sops updatekeys -y secret.yaml`,
  flags: sopsFlags,
  async run(invocation) {
    // Loaded when it is needed, as are the libraries behind it.
    const { runSops } = await import("./run-sops.ts");
    await runSops(invocation);
  },
});
