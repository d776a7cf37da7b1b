import { existsSync } from "node:fs";

const CHROMIUM = "/usr/lib/chromium";
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`;

/** Environment in which the WebGPU provider computes on the software Vulkan that Debian's Chromium brings; null without one. */
export const SOFTWARE_VULKAN: Readonly<Record<string, string>> | null = existsSync(DRIVER)
	? { LD_LIBRARY_PATH: CHROMIUM, VK_ICD_FILENAMES: DRIVER, VK_DRIVER_FILES: DRIVER }
	: null;
