// Reads the JSON Schema Test Suite and runs it through the guard's own compiler.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileSchema, parseJson, References, type Dialect } from '@castellan/contract';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '..', '..', '..', 'shared', 'conformance', 'json-schema');

/** The line that says why nothing ran; undefined where the suite is there. */
export const missing = existsSync(folder) ? undefined : '../shared/conformance/json-schema is not here';

/** One test of the suite. `name` is `file: case: test`, unique within a draft. */
interface SuiteTest {
  readonly name: string;
  readonly optional: boolean;
  readonly schema: Record<string, unknown> | boolean;
  readonly data: unknown;
  readonly valid: boolean;
  readonly formats: boolean;
}

interface SuiteCase {
  readonly description: string;
  readonly schema: Record<string, unknown> | boolean;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
}

/**
 * Every test of one draft. Schemas are read as documents are, values as request bodies are: exactly. `format` is an
 * assertion only in the files that test it as one; a draft's required tests have it as an annotation.
 */
export function suite(draft: string): readonly SuiteTest[] {
  const root = join(folder, 'tests', draft);
  return jsonFiles(root).flatMap((file) => {
    const bytes = readFileSync(file);
    const cases = JSON.parse(bytes.toString('utf8')) as SuiteCase[];
    const read = parseJson(bytes);
    const exact = 'value' in read ? (read.value as SuiteCase[]) : cases;
    const name = relative(root, file)
      .split(sep)
      .join('/')
      .replace(/\.json$/, '');
    return cases.flatMap(({ description, schema, tests }, at) =>
      tests.map((test, index) => ({
        name: `${name}: ${description}: ${test.description}`,
        optional: name.startsWith('optional/'),
        schema,
        data: exact[at]?.tests[index]?.data,
        valid: test.valid,
        formats: name.startsWith('optional/format'),
      })),
    );
  });
}

/** The remote documents that the suite's schemas refer to, by the address that they are given there. */
function remotes(): ReadonlyMap<string, unknown> {
  const root = join(folder, 'remotes');
  return new Map(
    jsonFiles(root).map((file) => [
      `http://localhost:1234/${relative(root, file).split(sep).join('/')}`,
      JSON.parse(readFileSync(file, 'utf8')),
    ]),
  );
}

/** Gives the verdict of the compiler on a test, or the error that it ended with. */
export function judge(dialect: Dialect): (test: SuiteTest) => boolean | Error {
  const documents = remotes();
  let compiled:
    | { readonly schema: unknown; readonly check: (value: unknown) => boolean; explains: Explain }
    | undefined;
  return (test) => {
    try {
      if (compiled?.schema !== test.schema) {
        const references = new References({
          load(uri) {
            const remote = documents.get(uri);
            return remote === undefined ? undefined : { root: remote, dialect };
          },
        });
        const uri = 'https://castellan.example/suite.json';
        references.add(uri, test.schema, dialect);
        const schema = { location: { document: uri, pointer: '' }, dialect, raw: test.schema };
        const { check, explain } = compileSchema({ references }, schema, { formats: test.formats });
        compiled = { schema: test.schema, check, explains: explain };
      }
      const valid = compiled.check(test.data);
      // The slow path must find a reason exactly where the fast one says no.
      if (valid !== (compiled.explains(test.data).length === 0)) return new Error('check and explain disagree');
      return valid;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
}

type Explain = (value: unknown) => readonly unknown[];

function jsonFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => join(root, file));
}
