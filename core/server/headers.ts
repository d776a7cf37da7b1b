/**
 * The two style elements that the page's library of controls writes itself: its dialogs' hold on scrolling and its
 * selects' hidden scroll bars. These very texts are let through and no other.
 */
export const LIBRARY_STYLES = [
	"'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='",
	"'sha256-441zG27rExd4/il+NvIqyL8zFx5XmyNQtE381kSkUJk='",
] as const;

/** Headers of every answer, in the browser and in Electron alike: the page runs our own files and talks to us alone. */
export function securityHeaders(connect: readonly string[] = []): Record<string, string> {
	const policy = [
		"default-src 'none'",
		"script-src 'self'",
		`style-src 'self' ${LIBRARY_STYLES.join(" ")}`,
		"img-src 'self' data: blob:",
		"font-src 'self'",
		`connect-src ${["'self'", ...connect].join(" ")}`,
		"frame-ancestors 'none'",
		"base-uri 'none'",
		"form-action 'none'",
	];
	return {
		"Content-Security-Policy": policy.join("; "),
		"X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY",
		"Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=()",
	};
}
