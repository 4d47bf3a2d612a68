import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs the quickest test files first: the first test that notices a change ends its run. */
export class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const milliseconds = (file: TestSpecification): number =>
      this.ctx.cache.getTestSpecificationResult(file)?.duration ?? 0;
    return files.toSorted((a, b) => milliseconds(a) - milliseconds(b));
  }
}
