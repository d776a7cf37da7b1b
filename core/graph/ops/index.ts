export { geluTanh, silu } from "./activation.ts";
export * from "./elementwise.ts";
export * from "./gather.ts";
export * from "./linear.ts";
export * from "./loop.ts";
export * from "./nn.ts";
export * from "./reduce.ts";
export * from "./select.ts";
export * from "./shape.ts";
