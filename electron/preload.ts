import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from "electron";
import type { Bridge, ToWindow } from "../core/contract/api.ts";
import { GRANT_CHANNEL, MESSAGE_CHANNEL } from "./channel.ts";

/** All that the page gets of Electron: messages of the contract, and the path of a file that the user dropped. */
const bridge: Bridge = {
	send: (message) => ipcRenderer.send(MESSAGE_CHANNEL, message),
	onMessage: (listener) => {
		const hear = (_event: IpcRendererEvent, message: ToWindow) => listener(message);
		ipcRenderer.on(MESSAGE_CHANNEL, hear);
		return () => void ipcRenderer.off(MESSAGE_CHANNEL, hear);
	},
	onConnection: () => () => {},
	pathOf: async (file) => {
		// Empty for a file that the page made itself: only what the user handed over has a path.
		const path = webUtils.getPathForFile(file);
		if (path === "") throw new Error(`${file.name} is not a file on this computer.`);
		await ipcRenderer.invoke(GRANT_CHANNEL, path);
		return path;
	},
};

contextBridge.exposeInMainWorld("dqo", bridge);
