//! The kinds of stages of which nothing is to be said that the contract and the declarations of their rows do not say.

use super::stage;
use crate::api::context::Context;
use vestibule_api::{
    StagesAuthenticatorSms, StagesAuthenticatorStatic, StagesAuthenticatorTotp, StagesCaptcha, StagesConsent,
    StagesDeny, StagesDummy, StagesPassword, StagesSource, StagesUserDelete, StagesUserLogin, StagesUserLogout,
    StagesUserWrite,
};

stage!(stages_authenticator_sms AuthenticatorSmsStage "authenticator_sms");
stage!(stages_authenticator_static AuthenticatorStaticStage "authenticator_static");
stage!(stages_authenticator_totp AuthenticatorTotpStage "authenticator_totp");
stage!(stages_captcha CaptchaStage "captcha");
stage!(stages_consent ConsentStage "consent");
stage!(stages_deny DenyStage "deny");
stage!(stages_dummy DummyStage "dummy");
stage!(stages_password PasswordStage "password");
stage!(stages_source SourceStage "source");
stage!(stages_user_delete UserDeleteStage "user_delete");
stage!(stages_user_login UserLoginStage "user_login");
stage!(stages_user_logout UserLogoutStage "user_logout");
stage!(stages_user_write UserWriteStage "user_write");

impl StagesAuthenticatorSms for Context {}
impl StagesAuthenticatorStatic for Context {}
impl StagesAuthenticatorTotp for Context {}
impl StagesCaptcha for Context {}
impl StagesConsent for Context {}
impl StagesDeny for Context {}
impl StagesDummy for Context {}
impl StagesPassword for Context {}
impl StagesSource for Context {}
impl StagesUserDelete for Context {}
impl StagesUserLogin for Context {}
impl StagesUserLogout for Context {}
impl StagesUserWrite for Context {}
