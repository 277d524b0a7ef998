import { prepareRootlessEngine } from "../support/setup.ts";
import { describeIsolation } from "./isolation.suite.ts";

describeIsolation("rootless", () => prepareRootlessEngine({ log: () => {} }));
