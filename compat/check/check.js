'use strict';
// What the applications on Node.js check with: the first difference ends the program.
const assert = require('node:assert');

class Checks {
  constructor(name) {
    this.name = name;
    this.count = 0;
  }

  equal(actual, expected, what) {
    this.count++;
    assert.deepStrictEqual(actual, expected, `${what}: expected ${show(expected)}, got ${show(actual)}`);
  }

  true(condition, what) {
    this.equal(Boolean(condition), true, what);
  }

  /** Awaits the action, which must fail with the SQLSTATE. */
  async fails(sqlstate, action, what) {
    let error;
    try {
      await action();
    } catch (e) {
      error = e;
    }
    if (error === undefined) throw new Error(`${what}: expected SQLSTATE ${sqlstate}, got no error`);
    this.equal(sqlstateOf(error), sqlstate, `${what} (${error.message})`);
    return error;
  }
}

function show(value) {
  return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v));
}

/** Where pg and what wraps it keep the SQLSTATE. */
function sqlstateOf(error) {
  for (let e = error; e; e = e.cause || e.original || e.parent || e.driverError) {
    if (typeof e.code === 'string' && /^[0-9A-Z]{5}$/.test(e.code)) return e.code;
    // Prisma's adapter wraps the server's own code; pg-native says it in the code only.
    if (typeof e.originalCode === 'string') return e.originalCode;
  }
  return undefined;
}

/** Runs main(checks) and ends the process as compat/run wants it. */
function run(name, main) {
  const checks = new Checks(name);
  main(checks).then(
    () => {
      console.log(`ok ${name} ${checks.count} checks`);
      // A pool that was left open must not pass as an app that ends.
      setTimeout(() => {
        console.log(`${name}: something keeps the process alive`);
        process.exit(1);
      }, 10000).unref();
    },
    (error) => {
      console.log(error);
      console.log(`${name}: after ${checks.count} checks: ${String(error.message).replaceAll('\n', ' ')}`);
      process.exit(1);
    });
}

const workers = Number(process.env.APP_WORKERS || 20);

module.exports = { run, workers };
