/** What a path segment is by itself: a value of some form, or a word that only statistics can tell from a name. */
export type SegmentForm =
  | 'number'
  | 'uuid'
  | 'hash'
  | 'date'
  | 'date-time'
  | 'email'
  | 'locale'
  | 'address'
  | 'host'
  | 'version'
  | 'file'
  | 'code'
  | 'identifier'
  | 'word';

/** Characters of a segment that are looked at. */
const most = 256;

/** The first that fits counts. */
const forms: readonly (readonly [form: SegmentForm, pattern: RegExp])[] = [
  ['uuid', /^\{?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\}?$/i],
  ['date-time', /^\d{4}-\d\d-\d\d[Tt ]\d\d:?\d\d(?::?\d\d(?:\.\d+)?)?(?:Z|z|[+-]\d\d:?\d\d)?$/],
  ['date', /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?$/],
  // `2026-Q4`, `2026-W07`
  ['date', /^(?:19|20)\d\d-?(?:Q[1-4]|H[12]|W(?:0[1-9]|[1-4]\d|5[0-3])(?:-?[1-7])?)$/],
  // Coordinates and lists of numbers as well.
  ['number', /^[-+]?\d{1,40}(?:\.\d{1,12})?(?:,[-+]?\d{1,40}(?:\.\d{1,12})?)*$/],
  ['email', /^[^\s@/]{1,64}@[^\s@/]+\.[^\s@/]+$/],
  ['address', /^(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?$/],
  ['version', /^v?\d{1,6}(?:\.\d{1,6}){2,3}(?:[-+][\w.]{1,40})?$/i],
  ['locale', /^[a-z]{2,3}[-_](?:[A-Z]{2}|[A-Z][a-z]{3}(?:[-_][A-Z]{2})?|419)$/],
  // Without a digit only where it is as long as a hash: `deadbeef`, `facade` and `added` are words.
  ['hash', /^(?=[\da-f]*\d)[\da-f]{7,128}$|^[\da-f]{32,128}$/i],
];

/** `eu-1.example.com`; operations are called `admin.users.info` too. */
const host =
  /^(?=.{4,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?:(?:com|net|org)|(?<=\.[a-z\d-]{1,63}\.)(?:io|dev|eu|de|at|uk|fr|ch|edu|gov|cloud|local|internal|example))\.?(?::\d{1,5})?$/i;

/** `v2`, `v2.1`: what a person would call a version of an API. */
export const versionName = /^v\d{1,3}(?:\.\d{1,3})?(?:(?:alpha|beta)\d*)?$/i;

/** `v2`, `oauth2`, `s3`, `ipv4`, `2fa`, `web3`: names with a figure. */
const namedFigure =
  /^(?:sha\d{1,3}[A-Z]?[a-z]*|v\d{1,3}(?:\.\d{1,3}){0,2}|v\d+(?:alpha|beta)\d*|[a-z]{1,12}\d{1,2}|\dfa)$/i;

/** The form of a decoded segment. */
export function formOfSegment(segment: string): SegmentForm {
  const text = segment.length > most ? segment.slice(0, most) : segment;
  const first = text.charCodeAt(0);
  // Most segments are plain words: nothing below can be one without a figure, a sign or a capital.
  if (first >= 97 && first <= 122 && text.length < 24 && /^[a-z]+$/.test(text)) return 'word';
  for (const [form, pattern] of forms) if (pattern.test(text)) return form;
  if (text.includes('.') && host.test(text)) return 'host';
  // `de-at`
  if (text.length === 5 && languages.has(text.slice(0, 2)) && regions.has(text.slice(3)) && /^..[-_]/.test(text))
    return 'locale';
  // `EUR-USD`
  if (
    text.length <= 7 &&
    /^[A-Z]{3}[-_]?[A-Z]{3}$/.test(text) &&
    currencies.has(text.slice(0, 3)) &&
    currencies.has(text.slice(-3))
  )
    return 'code';
  return isMade(text) ? 'identifier' : 'word';
}

/** Endings that are a format of the same thing, `42.json`, or a custom method, `42:cancel`: part of the template. */
const kept = /^(.+?)(\.(?:json|xml|ya?ml)|:[a-z][A-Za-z]{2,40}|#[\w-]{1,60})$/;
/** Other endings of names of files. */
const ending = /^(.+)\.(?:[a-z]{1,3}\d?|[A-Z]{2,4}|[a-z]{4})$/;

/** Whether a word ends as a name of a file does. */
export function isFileName(word: string): boolean {
  return ending.test(word);
}

/** Whether it is a picture, a recording, an archive or a document, of which no operation has the name. */
export function isMedia(word: string): boolean {
  return /.\.(?:pdf|png|jpe?g|gif|svg|webp|docx?|xlsx?|pptx?|odt|zip|gz|mp[34]|mov|wav)$/i.test(word);
}

/**
 * The form of a segment and what of its end belongs to the template: `42.json` is `{}.json`, `42:cancel` is `{}:cancel`.
 */
export function partsOfSegment(segment: string): { readonly form: SegmentForm; readonly suffix: string } {
  const [, base, suffix] = kept.exec(segment) ?? [];
  if (base !== undefined && suffix !== undefined) {
    const form = formOfSegment(base);
    if (form !== 'word') return { form, suffix };
  }
  const form = formOfSegment(segment);
  if (form !== 'word' && form !== 'identifier') return { form, suffix: '' };
  const file = ending.exec(segment)?.[1];
  return { form: file !== undefined && formOfSegment(file) !== 'word' ? 'file' : form, suffix: '' };
}

/** Whether no person would have chosen it: figures among letters, no vowels, capitals where no word begins. */
function isMade(text: string): boolean {
  if (segmentIsVariable(text) || /[%\s]/.test(text)) return true;
  // `PLWE1GHL`
  if (/^(?=.*\d)(?=.*[A-Z])[A-Z\d]{6,}$/.test(text)) return true;
  if (namedFigure.test(text)) return false;
  if (text.length > 64) return true;
  const digits = text.replaceAll(/\D/g, '').length;
  const letters = text.replaceAll(/[^A-Za-z]/g, '').length;
  // `urn:order:17`, `user:ada:7`; `documents:batchWrite` is a name.
  if (/^[A-Za-z][\w.+-]*(?::[\w.+-]+)*:[\w.+-]*\d[\w.+-]*$/.test(text)) return true;
  // `cus_NffrFeUfNV2Hib`, `BA3227C223222B5CWBLNCB2VW`, `01ARZ3NDEKTSV4RRFFQ69G5FAV`
  if (digits >= 3 && letters > 0 && text.length >= 8) return true;
  if (digits > 0 && letters > 0 && /\d[A-Za-z]+\d|[A-Z]\d[a-z]|[a-z]\d[A-Z]/.test(text)) return true;
  // `order-1042`, `user_17`, `octo-org-7`
  if (/^[A-Za-z]+(?:[-_.][A-Za-z]+)*[-_]\d+$/.test(text) && !/^[a-z]{1,3}[-_]\d$/i.test(text)) return true;
  return text.length >= 10 && !isSpoken(text, digits > 0 || (/[a-z]/.test(text) && /[A-Z]/.test(text)));
}

/** Pairs of letters that languages written with Latin letters are made of. */
const pairs: ReadonlySet<string> = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ' +
    'ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie ee wi em ' +
    'ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ' +
    'ex ke oo av ag if ap gr od bo sp rd do uc bu ei ov rm ep tt oc ef cu rn sc gi da cr cl ga qu ue ck au eg ob um up ui ge he'
  ).split(' '),
);

/**
 * Whether it can be spoken: of random letters one pair in five is usual, of words in any language more than half; and what is
 * written in one word with capitals between has words between them.
 * @param mixed figures or both cases are in it: words seldom have them
 */
function isSpoken(text: string, mixed: boolean): boolean {
  let usual = 0;
  let all = 0;
  for (const [word] of text.matchAll(/[A-Za-z]+/g)) {
    const lower = word.toLowerCase();
    for (let at = 0; at + 1 < lower.length; at++) {
      all += 1;
      if (pairs.has(lower.slice(at, at + 2))) usual += 1;
    }
  }
  const share = all < 5 ? 1 : usual / all;
  if (!mixed) return text.length < 14 || share >= 0.25;
  const parts = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [''];
  const length = parts.join('').length / parts.length;
  return share >= 0.42 && length >= 2.6 && (share >= 0.62 || length >= 4);
}

/** `{digits}`: what another recorder has replaced. */
export function segmentIsVariable(segment: string): boolean {
  return segment.length > 2 && segment.startsWith('{') && segment.endsWith('}');
}

/** Words that are themselves wherever they stand among values. */
export const singletons: ReadonlySet<string> = new Set(
  (
    'me self current mine search find count latest new all batch bulk export import status health stats login logout ' +
    'public private trash root starred default recent summary metadata schema validate query feed active archived deleted'
  ).split(' '),
);

/** ISO 3166-1 codes that stand after a language in lower case. */
const regions: ReadonlySet<string> = new Set(
  'ae ar at au be bg br ca ch cl cn co cz de dk ee eg es fi fr gb gr hk hr hu id ie il in it jp kr lt lu lv ma mx my nl no nz pe ph pl pt ro rs ru sa se sg si sk th tr tw ua uk us vn za'.split(
    ' ',
  ),
);

/** ISO 4217 codes that are traded in pairs. */
const currencies: ReadonlySet<string> = new Set(
  'AED ARS AUD BGN BRL BTC CAD CHF CLP CNH CNY COP CZK DKK ETH EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PEN PHP PLN RON RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR'.split(
    ' ',
  ),
);

/** ISO 639-1 codes that stand bare in paths: `/de/help`. */
export const languages: ReadonlySet<string> = new Set(
  'ar bg cs da de el en es et fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv th tr uk vi zh'.split(
    ' ',
  ),
);
