// Sets theme and motion before the first paint. A file of its own, because the content security policy allows no inline script.
// The keys and the rule are those of ui/theme.ts.
{
	const root = document.documentElement;
	const dark = matchMedia("(prefers-color-scheme: dark)").matches;
	let theme = null;
	let motion = null;
	try {
		theme = localStorage.getItem("dqo.theme");
		motion = localStorage.getItem("dqo.motion");
	} catch {
		// Storage is off: the system decides.
	}
	root.dataset.theme = theme === "light" || theme === "dark" ? theme : dark ? "dark" : "light";
	if (motion === "reduced" || motion === "full") root.dataset.motion = motion;
}
