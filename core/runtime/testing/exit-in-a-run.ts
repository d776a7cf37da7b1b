/** Run in a process of its own: exits with the code 7 while a long run is under way. */
import { longRun } from "./long-run.ts";

const { loaded, feeds } = await longRun();
loaded.run(feeds, ["y"]).catch(() => {});
setTimeout(() => process.exit(7), 100);
