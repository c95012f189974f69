import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The schedules run for a minute or two in one worker: a worker that begins them last is alone with them. */
const LONGEST = "property/pipeline.property.test.ts";

/** Begins the longest test file first, so that the workers end together. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(LONGEST);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}
