/** The one door to ONNX Runtime. */
import "./no-telemetry.ts";

export { InferenceSession, listSupportedBackends, Tensor } from "onnxruntime-node";
