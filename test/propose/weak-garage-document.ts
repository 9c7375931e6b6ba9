// What the garage of weak-garage.ts says of itself.
const text = { type: 'string' };
const number = { type: 'integer' };
const uuid = { type: 'string', format: 'uuid' };
const email = { type: 'string', format: 'email' };
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const of = (properties: object): object => ({ type: 'object', properties });
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const good = (schema: object): object => ({
  200: { description: 'OK', ...json(schema) },
  404: { description: 'Not found', ...json(of({ message: text })) },
});
const at = (name: string, schema: object, place = 'path'): object => ({ name, in: place, required: true, schema });

export const document = {
  openapi: '3.0.1',
  info: { title: 'Garage', version: '1.0' },
  servers: [{ url: '/' }],
  paths: {
    '/identity/api/auth/login': {
      post: {
        operationId: 'login',
        requestBody: json(of({ email, password: text })),
        responses: good(of({ token: text })),
      },
    },
    '/identity/api/auth/signup': {
      post: { operationId: 'signup', requestBody: json(ref('SignUp')), responses: good(of({ message: text })) },
    },
    '/identity/api/v2/user/dashboard': {
      get: { operationId: 'dashboard', security: [{ bearerAuth: [] }], responses: good(ref('Dashboard')) },
    },
    '/identity/api/v2/user/videos/{video_id}': {
      parameters: [at('video_id', number)],
      get: { operationId: 'get_video', security: [{ bearerAuth: [] }], responses: good(ref('Video')) },
      put: {
        operationId: 'update_video',
        security: [{ bearerAuth: [] }],
        requestBody: json(of({ videoName: text, conversion_params: text })),
        responses: good(ref('Video')),
      },
    },
    '/identity/api/v2/admin/videos/{video_id}': {
      delete: {
        operationId: 'admin_delete_video',
        security: [{ bearerAuth: [] }],
        parameters: [at('video_id', number)],
        responses: good(of({ message: text })),
      },
    },
    '/identity/api/v2/vehicle/vehicles': {
      get: {
        operationId: 'vehicles',
        security: [{ bearerAuth: [] }],
        responses: good({ type: 'array', items: ref('Vehicle') }),
      },
    },
    '/identity/api/v2/vehicle/{vehicleId}': {
      get: {
        operationId: 'vehicle',
        security: [{ bearerAuth: [] }],
        parameters: [at('vehicleId', uuid)],
        responses: good(ref('Vehicle')),
      },
    },
    '/identity/api/v2/vehicle/{vehicleId}/location': {
      get: {
        operationId: 'location',
        security: [{ bearerAuth: [] }],
        parameters: [at('vehicleId', uuid)],
        responses: good(
          of({ carId: uuid, vehicleLocation: of({ latitude: text, longitude: text }), fullName: text, email }),
        ),
      },
    },
    '/workshop/api/shop/products': {
      get: {
        operationId: 'products',
        security: [{ bearerAuth: [] }],
        responses: good(of({ products: { type: 'array', items: ref('Product') }, credit: number })),
      },
      post: {
        operationId: 'add_product',
        security: [{ bearerAuth: [] }],
        requestBody: json(ref('Product')),
        responses: good(ref('Product')),
      },
    },
    '/workshop/api/shop/orders': {
      post: {
        operationId: 'create_order',
        security: [{ bearerAuth: [] }],
        requestBody: json(of({ product_id: number, quantity: number })),
        responses: good(of({ id: number, message: text, credit: number })),
      },
    },
    '/workshop/api/shop/orders/all': {
      get: {
        operationId: 'orders',
        security: [{ bearerAuth: [] }],
        responses: good(of({ orders: { type: 'array', items: ref('Order') } })),
      },
    },
    '/workshop/api/shop/orders/{order_id}': {
      parameters: [at('order_id', number)],
      get: {
        operationId: 'order',
        security: [{ bearerAuth: [] }],
        responses: good(of({ order: ref('Order'), payment: of({ card_number: text, amount: number }) })),
      },
      put: {
        operationId: 'update_order',
        security: [{ bearerAuth: [] }],
        requestBody: json(of({ quantity: number, status: text })),
        responses: good(of({ orders: ref('Order') })),
      },
    },
    '/workshop/api/shop/orders/return_order': {
      post: {
        operationId: 'return_order',
        security: [{ bearerAuth: [] }],
        parameters: [at('order_id', number, 'query')],
        responses: good(of({ message: text, order: ref('Order') })),
      },
    },
    '/workshop/api/mechanic/mechanic_report': {
      get: {
        operationId: 'report',
        security: [{ bearerAuth: [] }],
        parameters: [at('report_id', number, 'query')],
        responses: good(ref('Report')),
      },
    },
    '/workshop/api/mechanic/service_requests': {
      get: {
        operationId: 'service_requests',
        security: [{ bearerAuth: [] }],
        responses: good(of({ service_requests: { type: 'array', items: ref('Report') }, count: number })),
      },
    },
    '/workshop/api/management/users/all': {
      get: {
        operationId: 'all_users',
        security: [{ bearerAuth: [] }],
        responses: good(of({ users: { type: 'array', items: ref('Dashboard') } })),
      },
    },
    '/community/api/v2/community/posts': {
      post: {
        operationId: 'add_post',
        security: [{ bearerAuth: [] }],
        requestBody: json(of({ title: text, content: text })),
        responses: good(ref('Post')),
      },
    },
    '/community/api/v2/community/posts/recent': {
      get: {
        operationId: 'recent',
        security: [{ bearerAuth: [] }],
        responses: good(of({ posts: { type: 'array', items: ref('Post') } })),
      },
    },
    '/community/api/v2/community/posts/{postId}': {
      parameters: [at('postId', text)],
      get: { operationId: 'post', security: [{ bearerAuth: [] }], responses: good(ref('Post')) },
      put: {
        operationId: 'edit_post',
        security: [{ bearerAuth: [] }],
        requestBody: json(of({ title: text, content: text })),
        responses: good(ref('Post')),
      },
      delete: { operationId: 'delete_post', security: [{ bearerAuth: [] }], responses: good(of({ message: text })) },
    },
    '/community/api/v2/coupon/new-coupon': {
      post: {
        operationId: 'new_coupon',
        security: [{ bearerAuth: [] }],
        requestBody: json(of({ coupon_code: text, amount: number })),
        responses: good(of({ amount: number, coupon_code: text })),
      },
    },
    '/community/api/v2/coupon/validate-coupon': {
      post: {
        operationId: 'validate_coupon',
        security: [{ bearerAuth: [] }],
        requestBody: json(of({ coupon_code: text })),
        responses: good(of({ amount: number, coupon_code: text })),
      },
    },
  },
  components: {
    securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer' } },
    schemas: {
      SignUp: of({ email, name: text, password: text, number: text }),
      Dashboard: of({ id: number, name: text, email, number: text, role: text, available_credit: number }),
      Video: of({ id: number, video_name: text, conversion_params: text, profileVideo: text, owner_email: email }),
      Vehicle: of({ uuid, year: number, pincode: text, vin: text, owner: of({ name: text, email, number: text }) }),
      Product: of({ id: number, name: text, price: { type: 'number' }, image_url: text }),
      Order: of({
        id: number,
        user: of({ email, number: text }),
        product: ref('Product'),
        quantity: number,
        status: text,
        transaction_id: uuid,
      }),
      Report: of({
        id: number,
        mechanic: of({ mechanic_code: text, user: of({ email }) }),
        vehicle: of({ id: number, vin: text, owner: of({ email, number: text }) }),
        problem_details: text,
        status: text,
      }),
      Post: of({
        id: text,
        title: text,
        content: text,
        author: of({ nickname: text, email, vehicleid: uuid }),
        comments: { type: 'array', items: of({ content: text, author: of({ nickname: text, email }) }) },
      }),
    },
  },
};
