import assert from "node:assert/strict";
import { test } from "node:test";
import { bcryptHash } from "./bcrypt.ts";

const encoder = new TextEncoder();

/** Hashes that every implementation agrees on. */
const rows = [
  {
    password: "U*U",
    salt: "10410410410410410410410410410410",
    hash: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
  },
  {
    password: "U*U*",
    salt: "10410410410410410410410410410410",
    hash: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
  },
];

for (const { password, salt, hash } of rows) {
  test(`bcryptHash() of ${password}`, () => {
    assert.equal(bcryptHash(encoder.encode(password), Buffer.from(salt, "hex"), 5), hash);
  });
}
