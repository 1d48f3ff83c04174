import manifest from "../package.json" with { type: "json" };

/** This program's version, with the `v` that image tags and labels have. */
export const SLUICE_VERSION: string = `v${manifest.version}`;

/** The Flux release whose APIs and command line this program speaks. */
export const FLUX_VERSION: string = "v2.9.4";
