<?php // for the tests: a must-use plugin that prepares the site and does there what no API of WordPress can
add_filter( 'comment_flood_filter', '__return_false', 99 ); // readers may write several comments in a second
add_action( 'wp_loaded', function () {
    global $wp_rewrite, $wpdb;
    $asked = $_GET['for_tests'] ?? '';
    $said  = array();
    switch ( $asked ) {
        case '':
            return;
        case 'prepare':
            $wp_rewrite->set_permalink_structure( '/%postname%/' );
            flush_rewrite_rules();
            update_option( 'comment_previously_approved', 0 );
            update_option( 'akismet_strictness', '0' ); // what is spam is kept for review
            wp_insert_user( array( 'user_login' => 'desk', 'user_pass' => wp_generate_password(), 'role' => 'editor' ) );
            wp_insert_user( array( 'user_login' => 'reader', 'user_pass' => wp_generate_password(), 'role' => 'subscriber' ) );
            foreach ( array( 'admin', 'desk', 'reader' ) as $name ) {
                $made          = WP_Application_Passwords::create_new_application_password( username_exists( $name ), array( 'name' => 'test' ) );
                $said[ $name ] = WP_Application_Passwords::chunk_password( $made[0] );
            }
            break;
        case 'log_in':
            wp_set_auth_cookie( username_exists( 'admin' ) );
            break;
        case 'plain_addresses':
            $wp_rewrite->set_permalink_structure( '' );
            flush_rewrite_rules();
            break;
        case 'writer':
            $writer = array( 'comment_author_IP' => $_GET['address'], 'comment_agent' => $_GET['agent'] );
            foreach ( explode( ',', $_GET['ids'] ) as $id ) $wpdb->update( $wpdb->comments, $writer, array( 'comment_ID' => $id ) );
            break;
        case 'lose':
            wp_delete_comment( $_GET['comment'], true );
            $wpdb->update( $wpdb->comments, array( 'comment_post_ID' => 4711 ), array( 'comment_ID' => $_GET['without_post'] ) );
            wp_trash_post( 1 );
            break;
        case 'ask_again':
            Akismet::cron_recheck();
            break;
    }
    wp_send_json( $said );
} );
