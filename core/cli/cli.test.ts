import { spawn } from "node:child_process";
import {
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeTinyModel } from "../models/testing/tiny-model.ts";

const dqo = fileURLToPath(new URL("../../bin/dqo.mjs", import.meta.url));
let dir = "";
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "dqo-cli-"));
	writeTinyModel(join(dir, "model"));
	// Odd sums are right and even ones wrong, over 40 questions with three answers each.
	const rows = Array.from({ length: 120 }, (_, i) => {
		const [a, b] = [Math.floor(i / 3), i % 3];
		const label = (a + b) % 2 === 1;
		const completion = `${a}+${b}=${a + b}\n#### ${label ? a + b : 99}`;
		return { prompt: `What is ${a} + ${b}?`, completion, label, reference: `#### ${a + b}` };
	});
	writeFileSync(join(dir, "data.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Outcome {
	code: number | null;
	stdout: string;
	stderr: string;
	/** Standard output as the one JSON object that `--json` promises. */
	json(): Record<string, unknown> & { error?: { code: string; message: string; hint: string } };
}

/** Runs the command as a stranger would, in a folder that is not the repository. */
function run(
	line: string,
	onStderr: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
) {
	return new Promise<Outcome>((resolve) => {
		const child = spawn(process.execPath, [dqo, ...line.split(" ").filter(Boolean)], {
			cwd: dir,
			detached: true,
		});
		let [stdout, stderr] = ["", ""];
		child.stdout.on("data", (chunk: Buffer) => {
			stdout += chunk;
		});
		child.stderr.on("data", (chunk: Buffer) => {
			stderr += chunk;
			// To the whole process group, as a terminal sends Ctrl-C.
			onStderr(stderr, (signal) => process.kill(-(child.pid ?? 0), signal));
		});
		child.on("close", (code) => resolve({ code, stdout, stderr, json: () => JSON.parse(stdout) }));
	});
}

const trainLine =
	"train --model model --data data.jsonl --global-batch 12 --max-response-tokens 16 --threads 1";

describe("the dqo command", () => {
	it("helps, names its version, and says what is wrong with exit code 2", async () => {
		const [help, topic, version, none, typo] = await Promise.all(
			["--help", "help grade", "--version", "", "trian --json"].map((line) => run(line)),
		);
		expect(help?.code).toBe(0);
		for (const name of ["demo", "generate", "grade", "pairs", "train", "eval", "export", "runs", "doctor"]) {
			expect(help?.stdout).toContain(`  ${name} `);
		}
		expect(topic?.stdout).toContain("dqo grade --data");
		expect(version?.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
		expect(none).toMatchObject({ code: 2, stdout: "" });
		expect(typo?.code).toBe(2);
		expect(typo?.json().error?.message).toContain('did you mean "train"?');
	});

	it("grades, compares with the labels in the data, and writes labelled rows that it reads back", async () => {
		const before = readFileSync(join(dir, "data.jsonl"));
		const graded = await run("grade --data data.jsonl --task gsm8k --out labelled.jsonl --json");
		expect(graded.code).toBe(0);
		expect(graded.json()).toMatchObject({
			compared: 120,
			agree: 120,
			disagreements: [],
			graded: 120,
			correct: 60,
		});
		const onto = await run("grade --data data.jsonl --task gsm8k --out data.jsonl --json");
		expect([onto.code, onto.json().error?.code]).toEqual([2, "usage"]);
		expect(readFileSync(join(dir, "data.jsonl"))).toEqual(before);
		expect((await run("grade --data labelled.jsonl --task gsm8k --json")).json()).toMatchObject({
			agree: 120,
		});

		const exact = await run("grade --data data.jsonl --task exact --json");
		const { disagreements } = exact.json() as {
			disagreements: { row: number; label: boolean; graded: boolean }[];
		};
		expect(disagreements).toHaveLength(60);
		expect(disagreements[0]).toMatchObject({ row: 2, label: true, graded: false });
	});

	it("builds pairs for DPO, trains on them, and shows how to get them where they are missing", async () => {
		// Five answers to each of 12 questions: of the first ten questions one or two are right, of the others all.
		const rows = Array.from({ length: 60 }, (_, i) => {
			const [question, answer] = [Math.floor(i / 5), i % 5];
			const label = question >= 10 || answer <= question % 2;
			return { prompt: `${question} + 1?`, completion: `${answer}.${i}`, label, reference: "#### 1" };
		});
		writeFileSync(join(dir, "answers.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
		const refused = await run("train --model model --data answers.jsonl --method dpo --out preferred --json");
		expect([refused.code, refused.json().error?.code]).toEqual([1, "data-invalid"]);
		const offer = `dqo pairs --data ${join(dir, "answers.jsonl")} --out pairs.jsonl`;
		expect(refused.json().error?.hint).toContain(offer);
		// 5 (1 x 4) + 5 (2 x 3) pairs, of which half of 60 are kept.
		const built = await run(`${offer.replace("dqo ", "")} --json`);
		expect(built.json()).toEqual({
			...{ pairs: 30, possible: 50, trajectories: 60, prompts: 12, promptsWithoutPair: 2, unscored: 0 },
			out: join(dir, "pairs.jsonl"),
		});
		const again = await run("pairs --data answers.jsonl --out pairs.jsonl --json");
		expect([again.code, again.json().error?.code]).toEqual([2, "usage"]);
		const none = await run("pairs --data pairs.jsonl --out none.jsonl --json");
		expect([none.code, none.json().error?.code]).toEqual([1, "data-invalid"]);

		const line = "--data pairs.jsonl --preset paper-dpo --beta 0.02 --max-steps 1 --task exact";
		const trained = await run(`train --model model --out preferred --threads 1 ${line} --json`);
		expect(trained.json()).toMatchObject({ reason: "completed", steps: 1 });
		const config = JSON.parse(readFileSync(join(dir, "preferred/run.json"), "utf8"));
		expect(config.config ?? config).toMatchObject({
			...{ method: "dpo", beta: 0.02, lr: 5e-8, globalBatch: 64, epochs: 1, adapter: { type: "full" } },
		});
		const other = await run("train --model model --data d --preset paper-dpo --method kto --json");
		expect([other.code, other.json().error?.hint]).toEqual([2, expect.stringContaining("paper-kto")]);
		const one = await run("train --model model --data data.jsonl --method kto --global-batch 1 --json");
		expect(one.json().error).toMatchObject({
			code: "config-invalid",
			message: expect.stringMatching(/globalBatch: KTO needs at least 2.*z0/),
		});
	});

	it("trains, lists the run, continues it, refuses to overwrite it, and exports it", async () => {
		const trained = await run(`${trainLine} --out runs/a --epochs 1 --json`);
		expect(trained.stderr).toContain("training");
		expect(trained.code).toBe(0);
		expect(trained.json()).toMatchObject({ reason: "completed", runDir: join(dir, "runs/a") });

		const listed = await run("runs --json");
		expect(listed.json().runs).toMatchObject([
			{ id: "a", method: "dqo", state: "completed", steps: trained.json().steps },
		]);

		const again = await run(`${trainLine} --out runs/a --json`);
		expect([again.code, again.json().error?.code]).toEqual([1, "run-exists"]);
		const other = await run("train --out runs/a --resume --beta 0.5 --json");
		expect([other.code, other.json().error?.code]).toEqual([1, "resume-mismatch"]);
		const resumed = await run("train --out runs/a --resume --json");
		expect([resumed.code, resumed.json().steps]).toEqual([0, trained.json().steps]);

		const exported = await run("export --run runs/a --format hf --out exported --json");
		expect(exported.code).toBe(0);
		expect(String(exported.json().checks)).toContain("equal to the run's own");
		expect(readdirSync(join(dir, "exported"))).toContain("model.safetensors");
		const taken = await run("export --run runs/a --format peft --out exported --json");
		expect([taken.code, taken.json().error?.code]).toEqual([2, "usage"]);
	});

	it("generates and measures, each with one JSON object", async () => {
		const line =
			"generate --model model --data data.jsonl --out out.jsonl --n 2 --limit 3 --max-new-tokens 8 --task gsm8k --json";
		const generated = await run(line);
		expect(generated.code).toBe(0);
		expect(generated.json()).toMatchObject({ prompts: 3, responses: 6 });
		const measured = await run(
			"eval --model model --data data.jsonl --task gsm8k --samples 2 --limit 3 --max-new-tokens 8 --json",
		);
		expect(measured.code).toBe(0);
		expect(measured.json()).toMatchObject({
			greedy: { accuracy: expect.any(Number), n: 3 },
			sampled: { n: 2 },
		});
	});

	it("writes a checkpoint on Ctrl-C, ends with 130, and continues", async () => {
		let sent = false;
		const stopped = await run(`${trainLine} --out runs/b --epochs 500 --json`, (stderr, kill) => {
			if (sent || !stderr.includes("training ")) return;
			sent = true;
			kill("SIGINT");
		});
		expect(stopped.code).toBe(130);
		expect(stopped.json()).toMatchObject({ reason: "stopped", runDir: join(dir, "runs/b") });
		expect(stopped.json().lastCheckpoint).toMatch(/^checkpoints\/step-/);
		const steps = Number(stopped.json().steps);
		const resumed = await run(`train --out runs/b --resume --max-steps ${steps + 2} --json`);
		expect(resumed.stderr).toContain(`continuing from step ${steps}`);
		expect([resumed.code, resumed.json().steps]).toEqual([0, steps + 2]);
	});

	it("ends at once on a second Ctrl-C, and nothing written is lost", async () => {
		let times = 0;
		const ended = await run(`${trainLine} --out runs/c --epochs 500 --json`, (stderr, kill) => {
			if (times === 0 && stderr.includes("training ")) {
				times = 1;
				kill("SIGINT");
				kill("SIGINT");
			}
		});
		expect(ended.code).toBe(130);
		const { runs } = (await run("runs --json")).json() as { runs: { id: string; state: string }[] };
		expect(["stopped", "unfinished"]).toContain(runs.find((one) => one.id === "c")?.state);
	});
});

describe("bad input ends with a code, a hint and exit code 1:", () => {
	it.each([
		["a missing file", "none.jsonl", null, "file-missing"],
		["an empty file", "empty.jsonl", "", "data-empty"],
		["a NaN reward", "nan.jsonl", '{"prompt":"a","completion":"b","reward":NaN}\n', "data-invalid"],
		["a byte that is not UTF-8", "bytes.jsonl", Buffer.from([0x7b, 0xff, 0x7d, 0x0a]), "data-invalid"],
		["rows without labels", "bare.jsonl", '{"prompt":"a","completion":"b"}\n', "data-invalid"],
	])("%s", async (_, name, content, code) => {
		if (content !== null) writeFileSync(join(dir, name), content);
		const out = await run(`train --model model --data ${name} --out runs/bad --json`);
		expect(out.code).toBe(1);
		expect(out.json().error).toMatchObject({ code, hint: expect.stringMatching(/\w/) });
		expect(out.json().error?.message).toContain(name);
		expect(out.stderr).toContain(`error[${code}]`);
		// A start that failed before it had anything is no run, so it can be repeated in the same folder.
		expect(existsSync(join(dir, "runs/bad/run.json"))).toBe(false);
	});

	it("a truncated weight file and an unknown family", async () => {
		writeTinyModel(join(dir, "cut"));
		truncateSync(join(dir, "cut/model.safetensors"), 5000);
		const cut = await run("train --model cut --data data.jsonl --out runs/bad2 --json");
		expect([cut.code, cut.json().error?.code]).toEqual([1, "file-corrupt"]);

		writeTinyModel(join(dir, "alien"));
		const config = JSON.parse(readFileSync(join(dir, "alien/config.json"), "utf8"));
		writeFileSync(
			join(dir, "alien/config.json"),
			JSON.stringify({ ...config, model_type: "mamba", architectures: ["M"] }),
		);
		const alien = await run("train --model alien --data data.jsonl --out runs/bad3 --json");
		expect([alien.code, alien.json().error?.code]).toEqual([1, "model-unsupported"]);
	});

	it("a wrong configuration names every field", async () => {
		writeFileSync(
			join(dir, "run.json"),
			JSON.stringify({ modelDir: "model", dataPath: "data.jsonl", betta: 1, lambda: 7 }),
		);
		const out = await run("train --config run.json --json");
		expect([out.code, out.json().error?.code]).toEqual([1, "config-invalid"]);
		expect(out.json().error?.message).toMatch(
			/lambda.*betta.*did you mean beta|betta.*did you mean beta.*lambda/,
		);
	});
});

it("the doctor computes on the CPU and explains every provider that fails", async () => {
	const { code, json } = await run("doctor --json");
	expect(code).toBe(0);
	const { providers } = json() as {
		providers: { provider: string; works: boolean; reason?: string; remedy?: string }[];
	};
	expect(providers.find((one) => one.provider === "cpu")?.works).toBe(true);
	for (const one of providers.filter((other) => !other.works)) {
		expect(one.reason).toMatch(/\w{3}/);
		expect(one.remedy).toMatch(/\w{3}/);
	}
});
