/** A document to be encrypted by the real `sops`. */
export interface FixtureCase {
  readonly name: string;
  readonly extension: "yaml" | "json" | "env" | "ini" | "bin";
  readonly plain: string | Uint8Array;
  readonly flags?: readonly string[];
  /** Names of test keys; default `x25519`. */
  readonly keys?: readonly string[];
  /** A `.sops.yaml` in place of keys; `<name>` stands for a recipient. */
  readonly config?: string;
}

const secret = `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
  annotations:
    note: plain
stringData:
  # rotate it every month
  username: admin
  password: correct horse # inline
  token_plain: not a secret
`;

export const cases: readonly FixtureCase[] = [
  {
    name: "yaml-types",
    extension: "yaml",
    plain: `string: text
integer: 12
negative: -7
octal: 0o17
hex: 0x1F
large: 9007199254740993
float: 1.50
whole: 2.0
exponent: 1e10
tiny: 1e-7
infinite: .inf
yes: true
no: False
nothing: null
tilde: ~
date: 2020-01-02
time: 2020-01-02T03:04:05.123+02:00
empty: ""
map: {}
list: []
binary: !!binary aGVsbG8=
nested:
  - 1
  - - two
    - 3.5
  - {a: b, c: [d]}
`,
  },
  {
    name: "yaml-strings",
    extension: "yaml",
    plain: `"yes": "no"
"012": "012"
base60: "1:20"
colon: "a: b"
hash: "a #b"
quote: 'it''s "so"'
multi: |
  line 1
    indented
  line 3
folded: >-
  folded
  text
keep: |+
  two breaks

leading: "  spaces"
trailing: "spaces  "
tab: "\\ttab"
unicode: "Grüße \\U0001F512"
control: "\\a\\0"
"null": "null"
dash: "- x"
"key: with colon": 1
empty line: "a\\n\\nb"
only break: "\\n"
long: "${"x".repeat(200)} ${"y".repeat(100)}"
`,
  },
  {
    name: "yaml-comments",
    extension: "yaml",
    plain: `# document head

# mapping head
first: 1 # inline first
# above second
second:
  # inside second
  third: 3
  # foot of third

  fourth: 4
list:
  # above a
  - a # inline a
  # above b
  - b
  # foot of b
nested: # on the key's line
  deep: 5
# the end
`,
  },
  {
    name: "yaml-documents",
    extension: "yaml",
    plain: "# one\na: 1\n---\nb: 2\n# two\n---\nc:\n  - 3\n  - d: 4\n",
  },
  {
    name: "yaml-aliases",
    extension: "yaml",
    plain: "base: &base\n  a: 1\n  b: [x, y]\ncopy: *base\nlist:\n  - *base\n",
  },
  {
    name: "yaml-encrypted-regex",
    extension: "yaml",
    plain: secret,
    flags: ["--encrypted-regex", "^(data|stringData)$"],
  },
  {
    name: "yaml-unencrypted-regex",
    extension: "yaml",
    plain: secret,
    flags: ["--unencrypted-regex", "^(?i:KIND|metadata|apiversion)$"],
  },
  { name: "yaml-encrypted-suffix", extension: "yaml", plain: secret, flags: ["--encrypted-suffix", "Data"] },
  { name: "yaml-unencrypted-suffix", extension: "yaml", plain: secret, flags: ["--unencrypted-suffix", "_plain"] },
  {
    name: "yaml-encrypted-comment-regex",
    extension: "yaml",
    plain: "a: 1\n# sops:enc\n# and why\nb: 2\nc:\n  # sops:enc\n  - 3\n  - 4\nd: 5 # sops:enc\ne: 6\n",
    flags: ["--encrypted-comment-regex", "sops:enc"],
  },
  {
    name: "yaml-unencrypted-comment-regex",
    extension: "yaml",
    plain: "a: 1\n# sops:plain\n# and why\nb: 2\n# secret\nc:\n  # sops:plain\n  - 3\n  - 4\n",
    flags: ["--unencrypted-comment-regex", "sops:plain"],
  },
  {
    name: "yaml-mac-only-encrypted",
    extension: "yaml",
    plain: secret,
    flags: ["--encrypted-regex", "^stringData$", "--mac-only-encrypted"],
  },
  {
    name: "json-types",
    extension: "json",
    plain: `{"html": "a<b>&c", "integer": 1, "whole": 1.0, "large": 9007199254740993, "huge": 1e22, "tiny": 1e-7,
 "negative": -2.5, "list": [1, "two", null, true, {"x": []}], "map": {}, "empty": "", "unicode": "\\u2028é\\u0007", "2": "b", "1": "a"}`,
  },
  {
    name: "dotenv",
    extension: "env",
    plain: '# comment\nUSER=admin\nEMPTY=\n\nLINES=one\\ntwo\nQUOTED="as it is"\nEQUALS=a=b\nSPACED = x \n',
  },
  {
    name: "ini",
    extension: "ini",
    plain: `; file head
top = 1
[section]
# above
key = value ; inline
longer_key=with#hash
quoted = "  spaced "
single = 'x'
triple = """line 1
line 2"""
back = \`a;b\`
colon: d
continued = one \\
  two
[section]
again = 2
again = 3

[empty]
`,
  },
  { name: "ini-default-section", extension: "ini", plain: "; why\n[DEFAULT]\na = 1\n[b]\nc = 2\n" },
  { name: "binary", extension: "bin", plain: Uint8Array.from({ length: 64 }, (_, index) => 255 - index * 3) },
  { name: "key-hybrid", extension: "yaml", plain: "a: 1\n", keys: ["hybrid"] },
  { name: "key-ssh-ed25519", extension: "yaml", plain: "a: 1\n", keys: ["ed25519"] },
  { name: "key-ssh-rsa", extension: "yaml", plain: "a: 1\n", keys: ["rsa"] },
  { name: "key-several", extension: "json", plain: '{"a": 1}', keys: ["hybrid", "x25519"] },
  ...(["yaml", "env", "ini"] as const).map((extension): FixtureCase => ({
    name: `shamir-${extension}`,
    extension,
    plain: extension === "yaml" ? "a: 1\n" : "a=1\n",
    config: `creation_rules:
  - shamir_threshold: 2
    key_groups:
      - age: ["<x25519>"]
      - age: ["<hybrid>"]
      - age: ["<ed25519>"]
`,
  })),
];
