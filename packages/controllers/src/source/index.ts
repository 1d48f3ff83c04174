export * from "./git-repository/index.ts";
