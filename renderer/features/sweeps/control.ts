import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { messageOf } from "../../app/store.ts";
import { toast } from "../../ui/index.ts";

/** Does one thing to a sweep, and says so where it cannot. */
async function attempt(work: Promise<unknown>, failed: string): Promise<boolean> {
	try {
		await work;
		return true;
	} catch (error) {
		toast({ tone: "bad", title: failed, detail: messageOf(error) });
		return false;
	}
}

export async function stopSweep(id: string, name: string): Promise<void> {
	await attempt(call("sweeps.control", { id, action: "stop" }), `${name} was not stopped`);
}

/** Ends the runs that train at once; what they did since their last checkpoint is done again after a resume. */
export async function killSweep(id: string, name: string): Promise<void> {
	await attempt(call("sweeps.control", { id, action: "kill" }), `${name} was not ended`);
}

export async function resumeSweep(id: string, name: string): Promise<void> {
	await attempt(call("sweeps.resume", { id }), `${name} was not resumed`);
}

/** Deletes it and leaves for the list. */
export async function removeSweep(id: string, name: string): Promise<void> {
	if (await attempt(call("sweeps.remove", { id }), `${name} was not deleted`)) goTo(routes.sweeps());
}
