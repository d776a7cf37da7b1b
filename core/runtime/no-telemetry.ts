/**
 * ONNX Runtime's builds can send usage events to their maker. Nothing leaves the user's machine from here: this is set
 * before the library is loaded, so import this module first.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";
