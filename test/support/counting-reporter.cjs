/**
 * Mocha reporter that prints only what failed (and the slowest tests), and writes the counts to a file: test.mjs sums
 * them over all groups.
 */
const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

const SLOWEST = 3;

module.exports = class CountingReporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const { file } = options.reporterOptions;
    const times = [];
    let failed = 0;
    const skipped = [];
    runner.on(Runner.constants.EVENT_TEST_PASS, (test) => times.push({ title: test.fullTitle(), ms: test.duration }));
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    // A failing hook counts too: the tests behind it never ran.
    runner.on(Runner.constants.EVENT_TEST_FAIL, () => { failed += 1; });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      for (const title of skipped) console.log(`    skipped: ${title}`);
      if (this.failures.length > 0) reporters.Base.list(this.failures);
      const slowest = times.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST).filter(({ ms }) => ms > 1000);
      for (const { title, ms } of slowest) console.log(`    ${(ms / 1000).toFixed(1)} s  ${title}`);
      writeFileSync(file, JSON.stringify({ passed: times.length, failed, skipped: skipped.length }));
    });
  }
};
