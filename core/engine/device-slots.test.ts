import { expect, it } from "vitest";
import { DeviceSlots, slotsOfMachine } from "./device-slots.ts";

it("never gives one GPU to two, and a freed one to whoever has waited longest", async () => {
	const slots = new DeviceSlots([0, 2, 2]);
	expect(slots.size).toBe(2);
	const [a, b] = [(await slots.take()) as number, (await slots.take()) as number];
	expect([a, b]).toEqual([0, 2]);
	const order: string[] = [];
	const third = slots.take().then((id) => order.push(`third has ${id}`));
	const fourth = slots.take().then((id) => order.push(`fourth has ${id}`));
	slots.release(b);
	await third;
	slots.release(a);
	await fourth;
	expect(order).toEqual(["third has 2", "fourth has 0"]);
	expect(slots.free).toBe(0);
	slots.release(0);
	expect(slots.free).toBe(1);
});

it("waits no longer than is wanted, and then takes nothing", async () => {
	const slots = new DeviceSlots([5]);
	await slots.take();
	const stop = new AbortController();
	const waiting = slots.take(stop.signal);
	stop.abort();
	expect(await waiting).toBeNull();
	slots.release(5);
	expect(slots.free).toBe(1);
	expect(await slots.take(stop.signal)).toBe(5);
	expect(await slots.take(stop.signal)).toBeNull();
});

it("leaves jobs of the CPU alone", async () => {
	expect(await slotsOfMachine(["cpu", "webgpu"])).toBeNull();
});
