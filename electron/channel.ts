/** Names of the two channels between the page's preload and the main process. */
export const MESSAGE_CHANNEL = "dqo:message";
export const GRANT_CHANNEL = "dqo:grant";
