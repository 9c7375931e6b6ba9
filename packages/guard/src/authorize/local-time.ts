/** The time as clocks in a zone show it, as policies read it. */
export interface LocalTime {
  /** 1 on Mondays, 7 on Sundays (ISO 8601). */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  /** `2026-11-29`. */
  readonly date: string;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Makes the clock of a zone.
 * @param zone a name of the IANA database
 * @returns a function of milliseconds since 1970
 */
export function clockOf(zone: string): (now: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (now) => {
    const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
    return {
      weekday: weekdays.indexOf(part('weekday')) + 1,
      hour: Number(part('hour')),
      minute: Number(part('minute')),
      date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
    };
  };
}
