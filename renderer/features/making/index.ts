export { MakeMenu } from "./MakeMenu.tsx";
export { MakingTasks } from "./MakingTasks.tsx";
export { NoResponsesCard } from "./NoResponsesCard.tsx";
export { stemOf } from "./names.ts";
