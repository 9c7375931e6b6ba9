import type { Detector, Sequence, Step } from './detector.ts';

/** Where the part of the guide that is made from the detectors begins and ends. */
const guideBegin = '<!-- detectors: made from packages/detect/src/detectors by packages/detect/src/write-guide.ts -->';
const guideEnd = '<!-- end of detectors -->';

/** What the guide says of each detector: what it says of itself, with the sequences that are its test. */
function detectorsGuide(detectors: readonly Detector[]): string {
  const rows = detectors.map(
    ({ id, owasp, severity, response, atOnce }) =>
      `| [\`${id}\`](#${id}) | ${owasp.join(', ')} | ${severity} | ${response} | ${atOnce === true ? 'at once' : 'after the warm-up'} |`,
  );
  return [
    '| detector | risks | severity | proposed action | speaks |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...detectors.map(detectorGuide),
  ].join('\n');
}

function detectorGuide({ id, title, sees, remediation, good, bad }: Detector): string {
  return [
    `### ${id}`,
    '',
    `**${title}.** ${sees}`,
    '',
    `What to do: ${remediation}`,
    '',
    'Seen:',
    '',
    ...bad.map(sequenceGuide),
    '',
    'Not seen:',
    '',
    ...good.map(sequenceGuide),
    '',
  ].join('\n');
}

function sequenceGuide({ title, steps }: Sequence): string {
  const shown = steps.slice(0, 2).map(stepGuide);
  const more = steps.length > 2 ? `; and ${steps.length - 2} more steps` : '';
  return `- ${title}: ${shown.join(', then ')}${more}`;
}

function stepGuide({ by, call, times = 1, every = 10, status = 200, many, objects, from, probe }: Step): string {
  const who = by ?? 'nobody';
  const how = times === 1 ? '' : ` ${times} times, every ${every} s`;
  const place = from === 'each' ? ', another network each time' : from === undefined ? '' : ` from ${from}`;
  const whose = objects === 'others' ? ', of others' : '';
  return `${who} \`${call}\` ${status}${how}${many === undefined ? '' : `, ${many} objects each`}${whose}${probe === undefined ? '' : `, looks like ${probe}`}${place}`;
}

/** The guide with this part made anew. */
export function withDetectors(guide: string, detectors: readonly Detector[]): string {
  const [before = '', rest = ''] = guide.split(guideBegin);
  const after = rest.split(guideEnd)[1] ?? '';
  return `${before}${guideBegin}\n\n${detectorsGuide(detectors)}\n${guideEnd}${after}`;
}
