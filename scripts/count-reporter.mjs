// A vitest reporter that leaves the counts in the file WIREBOOK_TEST_COUNTS names; scripts/test.mjs prints them last.
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'skipped' : state]++;
      }
      // A file or a describe block that broke outside its tests.
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    }
    if (process.env.WIREBOOK_TEST_COUNTS) writeFileSync(process.env.WIREBOOK_TEST_COUNTS, JSON.stringify(counts));
  }
}
