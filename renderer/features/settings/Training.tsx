import { providerChoiceSchema } from "../../../core/contract/provider.ts";
import { changeSettings, useStudio } from "../../app/store.ts";
import { Card, Segmented, Select, Switch } from "../../ui/index.ts";
import { SettingRow } from "./SettingRow.tsx";

export function Training() {
	const settings = useStudio((state) => state.settings);
	const cores = useStudio((state) => state.info?.threads ?? 1);
	const devices = useStudio((state) => state.devices);
	const shell = useStudio((state) => state.info?.shell);
	if (settings === null) return null;
	const counts = Array.from({ length: Math.min(cores, 16) }, (_, i) => String(i + 1));
	return (
		<Card title="Training">
			<SettingRow
				label="Runs at a time"
				about="More runs share the cores: a sweep ends sooner, each run later."
			>
				<Select
					label="Runs at a time"
					value={String(settings.maxParallel)}
					placeholder={String(settings.maxParallel)}
					onChange={(value) => changeSettings({ maxParallel: Number(value) })}
					options={counts.map((value) => ({ value, label: value }))}
				/>
			</SettingRow>
			<SettingRow
				label="Threads of a run"
				about={`This computer has ${cores} cores. Fewer threads leave room for other work.`}
			>
				<Select
					label="Threads of a run"
					value={String(settings.threads)}
					placeholder={String(settings.threads)}
					onChange={(value) => changeSettings({ threads: Number(value) })}
					options={[{ value: "0", label: "All cores" }, ...counts.map((value) => ({ value, label: value }))]}
				/>
			</SettingRow>
			<SettingRow
				label="Compute on"
				about="Automatic takes CUDA where it works, else the CPU. A run can be set otherwise."
			>
				<Select
					label="Compute on"
					value={settings.provider}
					placeholder={settings.provider}
					onChange={(value) => changeSettings({ provider: providerChoiceSchema.parse(value) })}
					options={[
						{ value: "auto", label: "Automatic" },
						...(devices ?? []).map(({ provider, label }) => ({ value: provider, label })),
					]}
				/>
			</SettingRow>
			{shell === "electron" && (
				<SettingRow label="When the window closes" about="While something trains.">
					<Segmented
						label="When the window closes"
						value={settings.onClose}
						onChange={(onClose) => changeSettings({ onClose })}
						options={[
							{ value: "ask", label: "Ask" },
							{ value: "keep-running", label: "Keep training" },
							{ value: "stop", label: "Stop and save" },
						]}
					/>
				</SettingRow>
			)}
			<SettingRow
				label="Tell me when a run ends"
				about="A notification of your desktop, while the window is not in front."
			>
				<Switch
					label="Tell me when a run ends"
					hideLabel
					checked={settings.notify}
					onChange={(notify) => changeSettings({ notify })}
				/>
			</SettingRow>
		</Card>
	);
}
