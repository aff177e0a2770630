// The demo companies as the providers know them; the same table as the demo
// data that `frontdeskctl seed` loads.
export const COMPANIES = {
  salon: {
    name: 'Salon Morgenrot',
    zone: 'Europe/Berlin',
    owner: 'owner@salon.example',
    hook: 'demo-salon',
    key: 'key_demo_salon',
    agent_id: 'agent_demo_salon',
    agent_name: 'Salon Morgenrot front desk',
    numbers: ['+493023125001', '+493023125002'],
  },
  dental: {
    name: 'Bright Smile Dental',
    zone: 'America/New_York',
    owner: 'owner@dental.example',
    hook: 'demo-dental',
    key: 'key_demo_dental',
    agent_id: 'agent_demo_dental',
    agent_name: 'Bright Smile front desk',
    numbers: ['+12125550123'],
  },
};

export const PASSWORD = 'frontdesk-demo';
export const PLATFORM_KEY = 'key_demo_platform';

// The Twilio account that the demo configuration sends with.
export const TWILIO_ACCOUNT = 'ACdemo0000000000000000000000000000';
export const TWILIO_TOKEN = 'demo_twilio_token';
