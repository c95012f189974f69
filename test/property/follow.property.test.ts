import fc from "fast-check";
import { expect, it } from "vitest";
import { VirtualFollower } from "../support/virtual-logs.js";

const LOG = "/logs/app.log";

type Step = "write" | "write half" | "rotate" | "truncate" | "poll" | "wait" | "restart" | "kill early" | "kill late";

const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.constantFrom<Step>(
    "write",
    "write",
    "write",
    "write half",
    "rotate",
    "rotate",
    "truncate",
    "poll",
    "wait",
    "restart",
    "kill early",
    "kill late",
  ),
  { minLength: 1, maxLength: 40 },
);

it("takes every line once, but for lines that are repeated with their ids after a kill", async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      const run = new Run();
      await run.follower.start();
      for (const step of steps) await run.do(step);
      await run.end();

      const { taken } = run.follower;
      const byId = new Map(taken);
      // No line is lost, and each has one id.
      expect([...byId.values()].sort()).toEqual([...run.written].sort());
      if (!steps.some((step) => step.startsWith("kill"))) expect(taken).toHaveLength(byId.size);
      expect(run.follower.logs.openHandles).toBe(0);
    }),
    { numRuns: 500 },
  );
});

/** A writer and its rotation, beside a follower. */
class Run {
  readonly follower: VirtualFollower = new VirtualFollower(LOG);
  readonly written: string[] = [];
  #half = "";
  #number = 0;

  async do(step: Step): Promise<void> {
    const { follower } = this;
    if (step === "write") this.#write("\n");
    else if (step === "write half") this.#write("");
    else if (step === "rotate") this.#rotate();
    else if (step === "truncate") await this.#truncate();
    else if (step === "poll") await follower.pass();
    else if (step === "wait") await follower.pass(7_000);
    else if (step === "restart") await follower.restart();
    else await this.#kill(step === "kill early" ? "before the spool has the lines" : "before the positions are saved");
  }

  async end(): Promise<void> {
    this.#endHalf();
    await this.follower.pass(20_000);
    await this.follower.stop();
  }

  #write(lineEnd: string): void {
    const text = `line ${this.#number++} `;
    this.follower.logs.append(LOG, `${text}${lineEnd}`);
    this.#half += text;
    if (lineEnd === "") return;
    this.written.push(this.#half);
    this.#half = "";
  }

  #endHalf(): void {
    if (this.#half === "") return;
    this.follower.logs.append(LOG, "\n");
    this.written.push(this.#half);
    this.#half = "";
  }

  #rotate(): void {
    const { logs } = this.follower;
    this.#endHalf();
    this.#write("\n");
    for (let n = 60; n > 0; n--) if (logs.has(`${LOG}.${n}`)) logs.rename(`${LOG}.${n}`, `${LOG}.${n + 1}`);
    logs.rename(LOG, `${LOG}.1`);
    this.#write("\n");
  }

  /** The follower has read everything: a truncation takes the lines that it has not. */
  async #truncate(): Promise<void> {
    const { logs } = this.follower;
    this.#endHalf();
    if (!logs.has(LOG)) return;
    await this.follower.pass(20_000);
    logs.overwrite(LOG);
    await this.follower.pass();
  }

  async #kill(death: NonNullable<VirtualFollower["death"]>): Promise<void> {
    this.follower.death = death;
    this.#endHalf();
    this.#write("\n");
    await this.follower.pass();
    this.follower.death = undefined;
    this.follower.abandon();
    await this.follower.start();
  }
}
