/** Whether it is an address that may become a link: what a document says may as well be `javascript:`. */
export function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s<>"{}|\\^`]+$/i.test(text) && URL.canParse(text);
}
