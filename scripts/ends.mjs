// Ends the process of a test file that does not end by itself, and says what keeps it: a run ends, whatever one file does.
const limit = 300;
if (process.env['NODE_TEST_CONTEXT']?.startsWith('child') === true)
  setTimeout(() => {
    const kept = [...new Set(process.getActiveResourcesInfo())].join(', ');
    process.stderr.write(`${process.argv[1]} does not end: ${limit} s, and it still holds ${kept}\n`);
    process.exit(1);
  }, limit * 1000).unref();
