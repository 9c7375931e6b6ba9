import { CastellanError, nearest, type Place } from '@castellan/contract';
import { stringify } from 'yaml';
import { readYaml, type YamlValue } from '@castellan/gateway/castellan-yaml';
import type { Answer, Decision, Question, Review } from './model.ts';

/**
 * Reads a review file. An answer counts with name and date; a decision with owner, reason and end.
 * @throws CastellanError `invalid-yaml`, `invalid-review` with file, line and column
 */
export function readReview(file: string, text: string): Review {
  const [document] = readYaml(file, text);
  const answers = new Map<string, Answer>();
  const decisions: Decision[] = [];
  if (document === undefined) return { file, answers, decisions };
  const { root } = document;
  knownKeys(root, ['version', 'questions', 'decisions']);
  for (const at of root.get('questions').items()) {
    knownKeys(at, ['id', 'question', 'why', 'options', 'answer', 'by', 'at']);
    const id = requiredText(at, 'id', 'the id of the question');
    const answer = at.get('answer').text?.trim();
    if (answer === undefined || answer === '') continue;
    const by = requiredText(at, 'by', 'the name of whoever answered');
    const date = requiredDate(at, 'at', 'the date of the answer');
    const options = [...at.get('options').items()].map((item) => item.text ?? '');
    if (options.length > 0 && !options.includes(answer))
      throw invalid(
        at.get('answer').place,
        `the answer to '${id}' is none of ${options.join(', ')}`,
        'write one of them',
      );
    answers.set(id, { id, answer, by, at: date });
  }
  for (const at of root.get('decisions').items()) decisions.push(readDecision(at));
  return { file, answers, decisions };
}

function readDecision(at: YamlValue): Decision {
  knownKeys(at, ['threat', 'status', 'owner', 'reason', 'until']);
  const threat = requiredText(at, 'threat', 'the id of the threat, such as flood@shop/listOrders');
  const status = at.get('status').text;
  if (status !== 'accepted' && status !== 'mitigated')
    throw invalid(
      at.get('status').place,
      `the status of '${threat}' is neither accepted nor mitigated`,
      'every other status follows the evidence',
    );
  return {
    threat,
    status,
    owner: requiredText(at, 'owner', 'who answers for the decision'),
    reason: requiredText(at, 'reason', 'why it may be so'),
    until: requiredDate(at, 'until', 'until when it counts'),
    place: at.place,
  };
}

/**
 * The text of a review file: the questions with the answers that are there, and the decisions. Answers to questions that
 * are asked no more are kept.
 */
export function writeReview(questions: readonly Question[], review: Review, before: string | undefined): string {
  const asked = new Set(questions.map(({ id }) => id));
  const old =
    before === undefined
      ? []
      : previousQuestions(review.file, before).filter(
          ({ id }) => !asked.has(String(id)) && review.answers.has(String(id)),
        );
  const body = {
    version: 1,
    questions: [
      ...questions.map(({ id, question, why, options }) => {
        const answer = review.answers.get(id);
        return {
          id,
          question,
          why,
          ...(options === undefined ? {} : { options }),
          answer: answer?.answer ?? null,
          by: answer?.by ?? null,
          at: answer?.at ?? null,
        };
      }),
      ...old,
    ],
    decisions: review.decisions.map(({ threat, status, owner, reason, until }) => ({
      threat,
      status,
      owner,
      reason,
      until,
    })),
  };
  const head = `# What only people can say about the threats to this API. Write answer, by (your name) and at (the date) together.
# decisions: accepting a threat, or calling it mitigated by hand, needs threat, status, owner, reason and until.
`;
  return head + stringify(body, { lineWidth: 110, nullStr: '' });
}

function previousQuestions(file: string, text: string): Readonly<Record<string, unknown>>[] {
  const [document] = readYaml(file, text);
  return document === undefined
    ? []
    : [...document.root.get('questions').items()].map((item) => item.value as Readonly<Record<string, unknown>>);
}

function knownKeys(at: YamlValue, names: readonly string[]): void {
  for (const [key, member] of at.entries()) {
    if (names.includes(key)) continue;
    const near = nearest(key, names);
    throw invalid(
      member.place,
      `the review has no key '${key.slice(0, 80)}' here`,
      near === undefined ? `write one of ${names.join(', ')}` : `did you mean ${near}?`,
    );
  }
}

function requiredText(at: YamlValue, name: string, what: string): string {
  const text = at.get(name).text?.trim();
  if (text === undefined || text === '') throw invalid(at.get(name).place, `${name} is missing`, `write ${what}`);
  return text;
}

function requiredDate(at: YamlValue, name: string, what: string): string {
  const text = requiredText(at, name, `${what} as 2027-01-31`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw invalid(at.get(name).place, `${name} is no date`, `write ${what} as 2027-01-31`);
  return text;
}

function invalid(place: Place, message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'invalid-review', message, place, mend });
}
