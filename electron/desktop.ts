import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
	app,
	BrowserWindow,
	dialog,
	type IpcMainEvent,
	type IpcMainInvokeEvent,
	ipcMain,
	Menu,
	Notification,
	nativeTheme,
	powerSaveBlocker,
	screen,
	shell,
	Tray,
} from "electron";
import { runsAtWork } from "../core/app/at-work.ts";
import { type Instance, takeDataDir } from "../core/app/instance.ts";
import { createStudio, type Studio } from "../core/app/studio.ts";
import { WindowSession } from "../core/app/window.ts";
import { defaultDataDir } from "../core/store/data-dir.ts";
import { atomicWrite } from "../core/store/files.ts";
import { GRANT_CHANNEL, MESSAGE_CHANNEL } from "./channel.ts";
import { type Closing, closeQuestion, decideClose } from "./close-policy.ts";
import { droppedPlace, openDialogFor } from "./files.ts";
import type { Log } from "./log.ts";
import { menuTemplate, nextZoom } from "./menu-template.ts";
import { APP_URL, isOwnFrame, routeUrl } from "./navigation.ts";
import { CrashGuard, noticeFor } from "./notices.ts";
import { MIN_SIZE, placeWindow } from "./window-state.ts";

const MAC = process.platform === "darwin";
const ICON = join(app.getAppPath(), "resources", "icons", "icon.png");
/** Time in which many changes of the runs are looked at once, milliseconds. */
const SETTLE_MS = 500;

/** The app: one studio, and one window on it that may be out of sight. */
export class Desktop {
	readonly #log: Log;
	readonly #instance: Instance;
	readonly #studio: Studio;
	readonly #crashes = new CrashGuard();
	#window: BrowserWindow | null = null;
	#conversation: WindowSession | null = null;
	#tray: Tray | null = null;
	#awake: number | null = null;
	#asking = false;
	#ending = false;

	constructor(log: Log) {
		this.#log = log;
		const dataDir = defaultDataDir();
		this.#instance = takeDataDir(dataDir);
		this.#studio = createStudio({
			dataDir,
			roots: [{ name: "Home", path: homedir() }],
			hooks: {
				shell: "electron",
				pick: (what, title) => this.#pick(what, title),
				reveal: async (path) => shell.showItemInFolder(path),
			},
			// The app's own program doubles as Node, so that the engine runs in a plain process without a browser in it.
			engine: { env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" } },
			version: app.getVersion(),
		});
		this.#instance.announce("electron", APP_URL);
		this.#hearStudio();
		ipcMain.on(MESSAGE_CHANNEL, (event, message: unknown) => {
			if (this.#isOwn(event)) void this.#conversation?.receive(message);
		});
		ipcMain.handle(GRANT_CHANNEL, (event, path: unknown) => {
			if (this.#isOwn(event) && typeof path === "string") this.#studio.places.grant(droppedPlace(path));
		});
		const actions = {
			go: (route: string) => this.show(route),
			press: (keys: string) => this.#studio.hub.push({ type: "shortcut", keys }),
			zoom: (change: "in" | "out" | "reset") => void this.#zoom(change),
			openDataFolder: () => void shell.openPath(dataDir),
			openLogs: () => shell.showItemInFolder(log.path),
			openLink: (url: string) => void shell.openExternal(url),
			about: () => app.showAboutPanel(),
			quit: () => app.quit(),
		};
		const template = menuTemplate(actions, { mac: MAC, development: !app.isPackaged });
		Menu.setApplicationMenu(Menu.buildFromTemplate(template));
		app.on("second-instance", () => this.show());
		app.on("activate", () => this.show());
		app.on("window-all-closed", () => {});
		app.on("before-quit", (event) => {
			if (this.#ending) return;
			event.preventDefault();
			void this.#close("app");
		});
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void this.#end());
	}

	/** Brings the window to the front, opening it where there is none; a route is shown in it. */
	show(route: string | null = null): void {
		this.#tray?.destroy();
		this.#tray = null;
		const window = this.#window ?? this.#open();
		const url = route === null ? null : routeUrl(route);
		if (url !== null) void window.loadURL(url);
		if (window.isMinimized()) window.restore();
		window.show();
		window.focus();
	}

	#open(): BrowserWindow {
		const main = screen.getPrimaryDisplay();
		const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
		const displays = [main, ...others].map(({ workArea }) => workArea);
		const { bounds, maximized } = placeWindow(readJsonOrNull(windowFile()), displays);
		const window = new BrowserWindow({
			...bounds,
			minWidth: MIN_SIZE.width,
			minHeight: MIN_SIZE.height,
			title: "DQO Studio",
			icon: ICON,
			show: false,
			backgroundColor: nativeTheme.shouldUseDarkColors ? "#0d0f12" : "#f5f6f8",
			webPreferences: {
				preload: join(app.getAppPath(), "out", "preload", "preload.cjs"),
				sandbox: true,
				contextIsolation: true,
				nodeIntegration: false,
				webSecurity: true,
				spellcheck: false,
				devTools: !app.isPackaged,
			},
		});
		this.#window = window;
		if (maximized) window.maximize();
		const { webContents } = window;
		webContents.on("did-start-navigation", ({ isMainFrame, isSameDocument }) => {
			if (isMainFrame && !isSameDocument) this.#converse(window);
		});
		webContents.on("render-process-gone", (_event, { reason }) => this.#pageGone(window, reason));
		window.on("close", (event) => {
			this.#savePlace(window);
			if (this.#ending) return;
			event.preventDefault();
			void this.#close("window");
		});
		window.on("closed", () => {
			this.#conversation?.close();
			this.#conversation = null;
			this.#window = null;
		});
		void window.loadURL(APP_URL);
		return window;
	}

	#savePlace(window: BrowserWindow): void {
		const state = { ...window.getNormalBounds(), maximized: window.isMaximized() };
		try {
			atomicWrite(windowFile(), JSON.stringify(state));
		} catch (error) {
			// A window that opens elsewhere next time is no reason not to close.
			this.#log.error("window state", error);
		}
	}

	/** A page that is loaded anew starts a conversation of its own: nothing of the last one's is watched any more. */
	#converse(window: BrowserWindow): void {
		this.#conversation?.close();
		const { handlers, hub, watchRun } = this.#studio;
		const send = (message: unknown) => {
			if (!window.isDestroyed()) window.webContents.send(MESSAGE_CHANNEL, message);
		};
		this.#conversation = new WindowSession({ handlers, hub, watchRun, send });
	}

	#isOwn(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
		return event.sender === this.#window?.webContents && isOwnFrame(event.senderFrame);
	}

	/** The address, with the screen in it, stays; what trains is not touched by a page that crashes. */
	#pageGone(window: BrowserWindow, reason: string): void {
		this.#log.write(`page gone: ${reason}`);
		if (this.#ending || reason === "clean-exit") return;
		if (this.#crashes.mayReload(Date.now())) {
			window.webContents.reload();
			return;
		}
		const pressed = dialog.showMessageBoxSync(window, {
			type: "error",
			message: "The window keeps crashing.",
			detail: `Runs that train go on. The log is ${this.#log.path}.`,
			buttons: ["Load it again", "Quit"],
		});
		if (pressed === 0) window.webContents.reload();
		else app.quit();
	}

	#hearStudio(): void {
		let settling: NodeJS.Timeout | null = null;
		this.#studio.hub.subscribe((push) => {
			if (push.type === "notice") void this.#notify(push);
			const aboutRuns = push.type === "run" || (push.type === "changed" && push.topic === "runs");
			if (!aboutRuns || settling !== null) return;
			settling = setTimeout(() => {
				settling = null;
				void this.#training().then((runs) => this.#keepAwake(runs.length > 0));
			}, SETTLE_MS);
		});
	}

	async #notify(push: Parameters<typeof noticeFor>[0]): Promise<void> {
		const { notify } = await this.#studio.handlers["settings.get"]({});
		const notice = noticeFor(push, { inFront: this.#window?.isFocused() ?? false, notify: notify ?? true });
		if (notice === null || !Notification.isSupported()) return;
		const { title, body, route } = notice;
		const shown = new Notification({ title, body, icon: ICON });
		shown.on("click", () => this.show(route));
		shown.show();
	}

	/** Names of what trains. What cannot be listed must not keep the app from closing. */
	async #training(): Promise<string[]> {
		return runsAtWork(this.#studio.handlers).catch((error: unknown) => {
			this.#log.error("runs", error);
			return [];
		});
	}

	#keepAwake(training: boolean): void {
		if (training) this.#awake ??= powerSaveBlocker.start("prevent-app-suspension");
		else if (this.#awake !== null) {
			powerSaveBlocker.stop(this.#awake);
			this.#awake = null;
		}
	}

	async #pick(what: "datasets" | "model" | "folder", title: string): Promise<string[]> {
		const options = openDialogFor(what, title);
		const window = this.#window;
		const { filePaths } =
			window === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options);
		for (const path of filePaths) this.#studio.places.grant(path);
		return filePaths;
	}

	async #zoom(change: "in" | "out" | "reset"): Promise<void> {
		const { handlers } = this.#studio;
		const { zoom = 100 } = await handlers["settings.get"]({});
		await handlers["settings.set"]({ zoom: nextZoom(zoom, change) });
	}

	async #close(what: Closing["what"]): Promise<void> {
		if (this.#asking) return;
		this.#asking = true;
		try {
			const runs = await this.#training();
			const { onClose = "ask" } = await this.#studio.handlers["settings.get"]({});
			const training = runs.length > 0;
			const decision = decideClose({ what, training, onClose, staysWithoutWindow: MAC });
			if (decision === "ask") await this.#ask(what, runs);
			else if (decision === "hide") this.#hide();
			else if (decision === "close-window") this.#window?.destroy();
			else await this.#end();
		} finally {
			this.#asking = false;
		}
	}

	async #ask(what: Closing["what"], runs: readonly string[]): Promise<void> {
		const { answers, buttons, ...question } = closeQuestion(what, runs);
		const options = {
			type: "question" as const,
			...question,
			buttons: [...buttons],
			defaultId: 0,
			noLink: true,
		};
		const window = this.#window;
		const { response } =
			window === null ? await dialog.showMessageBox(options) : await dialog.showMessageBox(window, options);
		if (answers[response] === "hide") this.#hide();
		if (answers[response] === "end") await this.#end();
	}

	/** Out of sight, with a way back: the dock on macOS, else an icon in the system's tray. */
	#hide(): void {
		this.#window?.hide();
		if (MAC || this.#tray !== null) return;
		this.#tray = new Tray(join(app.getAppPath(), "resources", "icons", "tray.png"));
		this.#tray.setToolTip("DQO Studio: training");
		this.#tray.setContextMenu(
			Menu.buildFromTemplate([
				{ label: "Open DQO Studio", click: () => this.show() },
				{ label: "Quit", click: () => app.quit() },
			]),
		);
		this.#tray.on("click", () => this.show());
	}

	/** Ends in good order: what trains writes a checkpoint first. */
	async #end(): Promise<void> {
		if (this.#ending) return;
		this.#ending = true;
		if (this.#window !== null) this.#savePlace(this.#window);
		this.#window?.hide();
		try {
			await this.#studio.close();
		} catch (error) {
			this.#log.error("closing", error);
		}
		this.#instance.release();
		this.#log.write("ended");
		app.exit(0);
	}
}

function windowFile(): string {
	return join(app.getPath("userData"), "window.json");
}

function readJsonOrNull(path: string): unknown {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch {
		return null;
	}
}
