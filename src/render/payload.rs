//! The JSON body that webhooks get.
