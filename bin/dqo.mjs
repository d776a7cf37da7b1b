#!/usr/bin/env node
// Node runs the TypeScript sources through tsx, so there is nothing to build.
import { register } from "tsx/esm/api";

register();
const { main } = await import("../core/cli/main.ts");
// A reader that went away, as in `dqo runs | head -1`, is no failure.
process.stdout.on("error", () => {});
process.exit(await main(process.argv.slice(2)));
