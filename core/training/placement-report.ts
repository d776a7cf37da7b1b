import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Provider } from "../contract/provider.ts";
import { placementText, readPlacement } from "../runtime/placement.ts";

/** Which nodes of the training graph a run's provider left to the CPU, told from the profile of the graph's first run. */
export class PlacementReport {
	/** Holds the profile until it is read; in the run's folder, where the next start finds what a killed one left. */
	readonly profileDir: string;
	private readonly provider: Provider;
	private told = false;

	private constructor(profileDir: string, provider: Provider) {
		this.profileDir = profileDir;
		this.provider = provider;
	}

	/** Null on the CPU, which leaves nothing to another. */
	static begin(runDir: string, provider: Provider): PlacementReport | null {
		const profileDir = join(runDir, "profile");
		rmSync(profileDir, { recursive: true, force: true });
		if (provider === "cpu") return null;
		mkdirSync(profileDir);
		return new PlacementReport(profileDir, provider);
	}

	/** A sentence, once the training graph has run; null when it was told before. A profile that cannot be read ends no run. */
	async sentence(): Promise<string | null> {
		if (this.told) return null;
		this.told = true;
		try {
			return placementText("the training step", await readPlacement(this.profileDir), this.provider);
		} catch (error) {
			return `Which nodes fall back to the CPU is not known: ${error instanceof Error ? error.message : error}`;
		} finally {
			this.end();
		}
	}

	end(): void {
		rmSync(this.profileDir, { recursive: true, force: true });
	}
}
