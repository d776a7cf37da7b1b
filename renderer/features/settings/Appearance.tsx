import { changeSettings, useStudio } from "../../app/store.ts";
import { Card, Segmented, Select, Switch } from "../../ui/index.ts";
import { SettingRow } from "./SettingRow.tsx";

const ZOOMS = ["75", "90", "100", "110", "125", "150", "175", "200"] as const;

export function Appearance() {
	const settings = useStudio((state) => state.settings);
	if (settings === null) return null;
	const zoom = ZOOMS.find((one) => Number(one) === settings.zoom);
	return (
		<Card title="Appearance and keys">
			<SettingRow label="Theme" about="System follows the light or dark choice of your desktop.">
				<Segmented
					label="Theme"
					value={settings.theme}
					onChange={(theme) => changeSettings({ theme })}
					options={[
						{ value: "system", label: "System" },
						{ value: "light", label: "Light" },
						{ value: "dark", label: "Dark" },
					]}
				/>
			</SettingRow>
			<SettingRow label="Motion" about="Reduced shows every change at once, without moving.">
				<Segmented
					label="Motion"
					value={settings.motion}
					onChange={(motion) => changeSettings({ motion })}
					options={[
						{ value: "system", label: "System" },
						{ value: "reduced", label: "Reduced" },
					]}
				/>
			</SettingRow>
			<SettingRow label="Zoom" about="Size of everything in the window.">
				<Select
					label="Zoom"
					value={zoom}
					placeholder={`${settings.zoom} %`}
					onChange={(value) => changeSettings({ zoom: Number(value) })}
					options={ZOOMS.map((value) => ({ value, label: `${value} %` }))}
				/>
			</SettingRow>
			<SettingRow
				label="Single-key shortcuts"
				about="P pauses, S smooths, slash filters. They rest while you type in a field."
			>
				<Switch
					label="Single-key shortcuts"
					hideLabel
					checked={settings.singleKeys}
					onChange={(singleKeys) => changeSettings({ singleKeys })}
				/>
			</SettingRow>
		</Card>
	);
}
