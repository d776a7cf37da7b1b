import { create } from "zustand";
import { call, pathOf } from "../api/index.ts";
import { toast } from "../ui/index.ts";
import { goTo, routes } from "./navigation.ts";
import { messageOf, useStudio } from "./store.ts";

export type PickWhat = "datasets" | "model" | "folder";

interface PickRequest {
	what: PickWhat;
	title: string;
	done: (paths: string[]) => void;
}

/** The wish that the app's own picker shows; null while it is closed. Electron has the system's dialog instead. */
export const usePicker = create<{ request: PickRequest | null }>(() => ({ request: null }));

/** Lets the user choose files or a folder of the machine that trains; empty when cancelled. */
export async function pickPaths(what: PickWhat, title: string): Promise<string[]> {
	if (useStudio.getState().info?.shell === "electron")
		return (await call("files.pick", { what, title })).paths;
	return new Promise((done) => {
		const finish = (paths: string[]) => {
			usePicker.setState({ request: null });
			done(paths);
		};
		usePicker.getState().request?.done([]);
		usePicker.setState({ request: { what, title, done: finish } });
	});
}

/** Adds data files by path and shows the first of them. */
export async function addData(paths: readonly string[]): Promise<void> {
	if (paths.length === 0) return;
	try {
		const { ids } = await call("data.add", { paths: [...paths] });
		if (ids[0] !== undefined) goTo(routes.data(ids[0]));
	} catch (error) {
		toast({ tone: "bad", title: "The data was not added", detail: messageOf(error) });
	}
}

/** Registers a model folder and shows it; whoever went elsewhere meanwhile is left there. */
export async function addModel(path: string): Promise<void> {
	const { hash } = location;
	try {
		const { id, name } = await call("models.add", { path });
		if (location.hash === hash) goTo(routes.models(id));
		else toast({ title: `${name} was added to the models` });
	} catch (error) {
		toast({ tone: "bad", title: "The model was not added", detail: messageOf(error) });
	}
}

export async function chooseData(): Promise<void> {
	await addData(await pickPaths("datasets", "Add data sets"));
}

export async function chooseModel(): Promise<void> {
	const [path] = await pickPaths("model", "Open a Hugging Face model folder");
	if (path !== undefined) await addModel(path);
}

/** Files on their way to the machine that trains, with the share that is there; empty when nothing is. */
export const useUploads = create<{ files: readonly { name: string; done: number; total: number }[] }>(() => ({
	files: [],
}));

/** Takes dropped files: by their own path in Electron, as an uploaded copy in a browser. */
export async function takeFiles(files: readonly File[]): Promise<void> {
	const paths: string[] = [];
	for (const file of files) {
		const row = { name: file.name, done: 0, total: file.size };
		useUploads.setState((state) => ({ files: [...state.files, row] }));
		const progress = (done: number, total: number) =>
			useUploads.setState((state) => ({
				files: state.files.map((one) => (one.name === file.name ? { ...one, done, total } : one)),
			}));
		try {
			paths.push(await pathOf(file, progress));
		} catch (error) {
			toast({ tone: "bad", title: `${file.name} was not taken`, detail: messageOf(error) });
		} finally {
			useUploads.setState((state) => ({ files: state.files.filter(({ name }) => name !== file.name) }));
		}
	}
	await addData(paths);
}
