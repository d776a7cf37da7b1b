// The content security policy forbids code made of text. zod would try for it, and the try alone is reported as a breach, so it
// is told before any module runs: in which order a bundler's chunks are evaluated is not for us to say.
globalThis.__zod_globalConfig = { jitless: true };
