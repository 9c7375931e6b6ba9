declare module 'express4' {
  const express: () => import('node:http').RequestListener;
  export default express;
}
